//! POST /v1/identity/sign-up: asks for an account; a mail says how to go on.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::sign_up::FUNCTION)
}
