//! GET /v1/orgs/{org_id}/sites/{site_id}/rules/history: what was changed in the rules of a site.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::list_site_rule_changes::FUNCTION)
}
