//! EventBridge Scheduler, every minute: judges the timed processes of which a deadline is near or over.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_processes::sweep_deadlines::FUNCTION)
}
