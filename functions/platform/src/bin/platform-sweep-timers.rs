//! EventBridge Scheduler, every minute: judges the units that only the clock can judge.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_platform::sweep_timers::FUNCTION)
}
