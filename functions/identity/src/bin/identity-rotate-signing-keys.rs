//! EventBridge Scheduler, every day: a new signing key when the newest is a month old.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::rotate_signing_keys::FUNCTION)
}
