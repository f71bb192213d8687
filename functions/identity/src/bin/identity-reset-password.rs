//! POST /v1/identity/password-reset/complete: sets a new password by the token in the mail.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::reset_password::FUNCTION)
}
