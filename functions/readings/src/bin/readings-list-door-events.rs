//! GET /v1/orgs/{org_id}/units/{unit_id}/door-events: when the doors of a unit were opened and closed.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_readings::list_door_events::FUNCTION)
}
