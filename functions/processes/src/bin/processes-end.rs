//! POST /v1/orgs/{org_id}/processes/{process_id}/end: a timed process is finished or given up.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_processes::end::FUNCTION)
}
