//! GET /v1/orgs/{org_id}/processes/{process_id}: how far a timed process is, and what must be done next.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_processes::get::FUNCTION)
}
