//! POST /v1/orgs/{org_id}/processes/{process_id}/observations: a temperature of the food in a timed process.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_processes::observe::FUNCTION)
}
