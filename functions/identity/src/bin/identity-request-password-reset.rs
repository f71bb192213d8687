//! POST /v1/identity/password-reset: sends a mail by which a new password can be set.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::request_password_reset::FUNCTION)
}
