//! GET /v1/orgs/{org_id}/network-jobs: lists the work on registrations of sensors.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_networks::list_jobs::FUNCTION)
}
