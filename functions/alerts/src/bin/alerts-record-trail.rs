//! SQS queue of alert events from the bus: writes down what happened to each alert.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_alerts::record_trail::FUNCTION)
}
