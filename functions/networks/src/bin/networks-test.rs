//! POST /v1/orgs/{org_id}/networks/{network_id}/test: tries a network server and its key.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_networks::test::FUNCTION)
}
