//! GET /v1/orgs/{org_id}/units/{unit_id}/readings/gaps: when the sensors of a unit told nothing.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_readings::list_gaps::FUNCTION)
}
