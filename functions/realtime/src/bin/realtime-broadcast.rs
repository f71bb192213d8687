//! SQS queue of portions: sends messages to many sockets.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_realtime::broadcast::FUNCTION)
}
