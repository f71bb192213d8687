//! POST /v1/me/totp: draws the secret of a second factor.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::enrol_totp::FUNCTION)
}
