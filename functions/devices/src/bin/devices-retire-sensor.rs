//! POST /v1/orgs/{org_id}/sensors/{sensor_id}/retire: retires a sensor.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::retire_sensor::FUNCTION)
}
