//! POST /v1/me/totp/disable: turns the second factor off.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::disable_totp::FUNCTION)
}
