//! GET /v1/orgs/{org_id}/sensors/{sensor_id}/calibrations: the calibrations of a sensor.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::list_calibrations::FUNCTION)
}
