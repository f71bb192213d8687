//! GET /v1/orgs/{org_id}/sensors/{sensor_id}/calibrations/{calibration_id}: a calibration of a sensor.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::get_calibration::FUNCTION)
}
