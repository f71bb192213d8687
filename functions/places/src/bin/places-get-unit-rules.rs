//! GET /v1/orgs/{org_id}/units/{unit_id}/rules: the rules set for a unit.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::get_unit_rules::FUNCTION)
}
