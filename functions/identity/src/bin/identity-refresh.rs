//! POST /v1/identity/refresh: new tokens for the newest refresh token.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::refresh::FUNCTION)
}
