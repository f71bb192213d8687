//! GET /v1/platform/organizations: every organization, for administrators of the platform.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_platform::list_organizations::FUNCTION)
}
