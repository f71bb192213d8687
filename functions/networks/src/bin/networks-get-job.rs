//! GET /v1/orgs/{org_id}/network-jobs/{job_id}: shows the work on a registration.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_networks::get_job::FUNCTION)
}
