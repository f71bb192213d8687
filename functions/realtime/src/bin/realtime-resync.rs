//! WebSocket route `resync`: a socket has missed something.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_realtime::resync::FUNCTION)
}
