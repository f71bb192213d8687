//! GET /v1/orgs/{org_id}/device-models/{model}: a model of sensor.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::get_model::FUNCTION)
}
