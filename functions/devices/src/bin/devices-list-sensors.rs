//! GET /v1/orgs/{org_id}/sensors: the sensors, each with how it is.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::list_sensors::FUNCTION)
}
