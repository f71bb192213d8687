//! GET /v1/orgs/{org_id}/process-kinds: the kinds of timed processes, their limits and the source of each.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_processes::list_kinds::FUNCTION)
}
