//! POST /v1/orgs/{org_id}/sensors: registers a sensor.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::register_sensor::FUNCTION)
}
