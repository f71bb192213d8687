//! POST /v1/orgs/{org_id}/gateways/{gateway_id}/retire: retires a gateway.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::retire_gateway::FUNCTION)
}
