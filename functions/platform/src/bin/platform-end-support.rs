//! DELETE /v1/platform/support-sessions/active: ends what the administrator supports.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_platform::end_support::FUNCTION)
}
