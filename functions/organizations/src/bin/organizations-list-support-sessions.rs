//! GET /v1/orgs/{org_id}/support-sessions: who of the platform acted in the organization.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::list_support_sessions::FUNCTION)
}
