//! Invoked by an operator: sets the password of an account, and creates it if there is none.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::set_password::FUNCTION)
}
