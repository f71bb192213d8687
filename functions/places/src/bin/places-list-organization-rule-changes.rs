//! GET /v1/orgs/{org_id}/rules/history: what was changed in the rules of the organization.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::list_organization_rule_changes::FUNCTION)
}
