//! WebSocket $default: tells a client that its message is not understood.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_realtime::reject::FUNCTION)
}
