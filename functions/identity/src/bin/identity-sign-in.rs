//! POST /v1/identity/sign-in: signs a person in by password.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::sign_in::FUNCTION)
}
