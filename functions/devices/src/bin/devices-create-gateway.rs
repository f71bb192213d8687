//! POST /v1/orgs/{org_id}/gateways: registers a gateway.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::create_gateway::FUNCTION)
}
