//! POST /v1/orgs/{org_id}/processes: a timed process is started.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_processes::start::FUNCTION)
}
