//! GET /v1/orgs/{org_id}/gateways: the gateways.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_devices::list_gateways::FUNCTION)
}
