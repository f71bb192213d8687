//! GET /v1/orgs/{org_id}/device-models: the models of sensors that are understood.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::list_models::FUNCTION)
}
