//! WebSocket route `ping`: keeps a quiet socket open.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_realtime::heartbeat::FUNCTION)
}
