//! PUT /v1/orgs/{org_id}/units/{unit_id}/alarms: sets alarms for a unit, all that are set there.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::put_unit_alarms::FUNCTION)
}
