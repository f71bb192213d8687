//! GET /v1/orgs/{org_id}/networks/{network_id}: shows a connection to a network server.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_networks::get::FUNCTION)
}
