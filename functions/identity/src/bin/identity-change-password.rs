//! POST /v1/me/password: a new password for who knows the present one.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::change_password::FUNCTION)
}
