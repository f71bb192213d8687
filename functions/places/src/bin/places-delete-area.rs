//! DELETE /v1/orgs/{org_id}/areas/{area_id}: deletes an area with all that is in it; it can be restored.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::delete_area::FUNCTION)
}
