//! POST /v1/orgs/{org_id}/sensors/{sensor_id}/unassign: takes a sensor from its unit.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::unassign_sensor::FUNCTION)
}
