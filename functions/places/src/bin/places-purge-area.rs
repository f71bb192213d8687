//! POST /v1/orgs/{org_id}/areas/{area_id}/purge: removes a deleted area for good.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::purge_area::FUNCTION)
}
