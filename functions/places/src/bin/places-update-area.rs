//! PATCH /v1/orgs/{org_id}/areas/{area_id}: changes an area.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::update_area::FUNCTION)
}
