//! POST /v1/orgs/{org_id}/areas: creates an area.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::create_area::FUNCTION)
}
