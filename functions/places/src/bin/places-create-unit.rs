//! POST /v1/orgs/{org_id}/units: creates a unit.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::create_unit::FUNCTION)
}
