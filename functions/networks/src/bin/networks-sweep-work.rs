//! EventBridge Scheduler, every minute: finds the work at network servers that is due.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_networks::sweep_work::FUNCTION)
}
