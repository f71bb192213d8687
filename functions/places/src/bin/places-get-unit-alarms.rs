//! GET /v1/orgs/{org_id}/units/{unit_id}/alarms: the alarm library as it is in force for a unit.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::get_unit_alarms::FUNCTION)
}
