//! POST /v1/orgs/{org_id}/sensors/{sensor_id}/assign: brings a sensor to a unit.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::assign_sensor::FUNCTION)
}
