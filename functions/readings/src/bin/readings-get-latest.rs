//! GET /v1/orgs/{org_id}/units/{unit_id}/readings/latest: the newest reading of each sensor of a unit.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_readings::get_latest::FUNCTION)
}
