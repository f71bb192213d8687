//! WebSocket authorizer: takes a ticket, once.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_realtime::authorize::FUNCTION)
}
