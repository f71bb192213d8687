//! WebSocket $disconnect: a socket closed.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_realtime::disconnect::FUNCTION)
}
