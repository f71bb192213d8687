//! GET /v1/orgs/{org_id}/sensors/{sensor_id}: a sensor as it is registered, and how it is.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::get_sensor::FUNCTION)
}
