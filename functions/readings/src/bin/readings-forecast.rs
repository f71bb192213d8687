//! GET /v1/orgs/{org_id}/units/{unit_id}/forecast: when a unit's temperature will reach its limit.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_readings::forecast::FUNCTION)
}
