//! POST /v1/orgs/{org_id}/networks/{network_id}/key-rotation: puts a new API key in place of the present one.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_networks::rotate_key::FUNCTION)
}
