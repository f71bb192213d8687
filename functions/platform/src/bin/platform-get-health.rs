//! GET /v1/health: whether the system answers.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_platform::get_health::FUNCTION)
}
