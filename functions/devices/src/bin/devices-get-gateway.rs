//! GET /v1/orgs/{org_id}/gateways/{gateway_id}: a gateway.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::get_gateway::FUNCTION)
}
