//! PATCH /v1/orgs/{org_id}: changes the organization.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::update::FUNCTION)
}
