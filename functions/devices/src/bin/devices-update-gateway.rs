//! PATCH /v1/orgs/{org_id}/gateways/{gateway_id}: changes a gateway.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::update_gateway::FUNCTION)
}
