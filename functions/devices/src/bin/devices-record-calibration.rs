//! POST /v1/orgs/{org_id}/sensors/{sensor_id}/calibrations: records a calibration of a sensor.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::record_calibration::FUNCTION)
}
