//! POST /v1/orgs/{org_id}/observations: observations that a device has kept until there was a network.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_processes::observe_many::FUNCTION)
}
