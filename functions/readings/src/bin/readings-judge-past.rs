//! SQS queue of back-fill events from the bus: judges anew what came too late to be judged as it was measured.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_readings::judge_past::FUNCTION)
}
