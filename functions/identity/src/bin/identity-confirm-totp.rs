//! POST /v1/me/totp/confirm: turns the second factor on, by its first code.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::confirm_totp::FUNCTION)
}
