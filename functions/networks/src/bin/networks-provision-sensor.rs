//! POST /v1/orgs/{org_id}/sensors/{sensor_id}/provisioning: has a sensor registered at a network server.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_networks::provision_sensor::FUNCTION)
}
