//! POST /v1/identity/verify-email/resend: sends the mail of a sign-up again.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::resend_verification::FUNCTION)
}
