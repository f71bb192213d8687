//! GET /v1/orgs/{org_id}/processes: timed processes, the last started first.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_processes::list::FUNCTION)
}
