//! POST /v1/orgs/{org_id}/networks: connects a network server.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_networks::create::FUNCTION)
}
