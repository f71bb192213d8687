//! GET /v1/orgs/{org_id}/units/{unit_id}/rules/history: what was changed in the rules of a unit.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::list_unit_rule_changes::FUNCTION)
}
