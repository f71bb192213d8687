//! POST /v1/orgs/{org_id}/sensors/{sensor_id}/replace: puts another device in a sensor's place.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::replace_sensor::FUNCTION)
}
