//! WebSocket route `subscribe`: a socket wants to hear of more.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_realtime::subscribe::FUNCTION)
}
