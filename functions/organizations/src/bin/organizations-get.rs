//! GET /v1/orgs/{org_id}: the organization.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::get::FUNCTION)
}
