//! POST /v1/identity/verify-email: creates the account, by the token in the mail.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::verify_email::FUNCTION)
}
