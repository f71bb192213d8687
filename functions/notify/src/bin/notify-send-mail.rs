//! SQS queue of mails: decides what each says, if anything, and sends it.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_notify::send_mail::FUNCTION)
}
