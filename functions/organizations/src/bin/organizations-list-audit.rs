//! GET /v1/orgs/{org_id}/audit: what was done in the organization, the newest first.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::list_audit::FUNCTION)
}
