//! WebSocket $connect: a socket opened.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_realtime::connect::FUNCTION)
}
