//! SQS queue of events from the bus: ends the sockets of whoever lost access, or has another now.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_realtime::close_sockets::FUNCTION)
}
