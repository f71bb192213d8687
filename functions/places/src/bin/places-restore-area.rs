//! POST /v1/orgs/{org_id}/areas/{area_id}/restore: restores an area with all that was deleted with it.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::restore_area::FUNCTION)
}
