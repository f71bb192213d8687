//! GET /v1/orgs/{org_id}/units/{unit_id}/readings/series: a unit's temperatures over any time, as a screen draws them.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_readings::get_series::FUNCTION)
}
