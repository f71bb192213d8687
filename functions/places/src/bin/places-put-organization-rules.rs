//! PUT /v1/orgs/{org_id}/rules: sets the rules of the organization, all of them.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::put_organization_rules::FUNCTION)
}
