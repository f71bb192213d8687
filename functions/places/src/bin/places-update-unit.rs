//! PATCH /v1/orgs/{org_id}/units/{unit_id}: changes a unit.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::update_unit::FUNCTION)
}
