//! GET /v1/platform/organizations/{org_id}/members: its members, for administrators of the platform.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_platform::list_members::FUNCTION)
}
