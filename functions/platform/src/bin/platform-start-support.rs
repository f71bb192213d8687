//! POST /v1/platform/support-sessions: lets an administrator act in the place of a member.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_platform::start_support::FUNCTION)
}
