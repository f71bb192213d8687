//! PATCH /v1/orgs/{org_id}/sensors/{sensor_id}: changes a sensor.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::update_sensor::FUNCTION)
}
