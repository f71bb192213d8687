//! POST /v1/orgs/{org_id}/network-jobs/{job_id}/retry: begins anew what has failed or was blocked.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_networks::retry_job::FUNCTION)
}
