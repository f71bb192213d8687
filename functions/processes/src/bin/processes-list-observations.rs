//! GET /v1/orgs/{org_id}/processes/{process_id}/observations: what people have measured, the last first.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_processes::list_observations::FUNCTION)
}
