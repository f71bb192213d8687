//! PUT /v1/orgs/{org_id}/units/{unit_id}/rules: sets the rules of a unit, all of them.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::put_unit_rules::FUNCTION)
}
