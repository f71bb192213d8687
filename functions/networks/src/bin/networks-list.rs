//! GET /v1/orgs/{org_id}/networks: lists the connections to network servers.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_networks::list::FUNCTION)
}
