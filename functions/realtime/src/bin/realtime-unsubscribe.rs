//! WebSocket route `unsubscribe`: a socket wants to hear of less.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_realtime::unsubscribe::FUNCTION)
}
