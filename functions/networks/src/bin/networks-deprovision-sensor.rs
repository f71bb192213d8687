//! DELETE /v1/orgs/{org_id}/sensors/{sensor_id}/provisioning: has a sensor's registration removed.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_networks::deprovision_sensor::FUNCTION)
}
