//! GET /v1/platform/support-sessions/active: what the administrator supports at the moment.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_platform::get_support::FUNCTION)
}
