//! POST /v1/me/sign-out: ends the session that asks, or all of them.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::sign_out::FUNCTION)
}
