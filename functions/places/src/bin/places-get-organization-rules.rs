//! GET /v1/orgs/{org_id}/rules: the rules set for the organization.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::get_organization_rules::FUNCTION)
}
