//! GET /v1/orgs/{org_id}/units/{unit_id}/alarms/history: what was changed in the alarms set for a unit.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::list_unit_alarm_changes::FUNCTION)
}
