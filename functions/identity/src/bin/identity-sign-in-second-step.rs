//! POST /v1/identity/sign-in/second-step: completes a sign-in by a code.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::sign_in_second_step::FUNCTION)
}
