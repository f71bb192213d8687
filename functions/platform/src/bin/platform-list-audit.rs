//! GET /v1/platform/audit: what was done to the platform itself, the newest first.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_platform::list_audit::FUNCTION)
}
