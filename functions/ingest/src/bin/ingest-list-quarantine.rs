//! GET /v1/orgs/{org_id}/quarantine: frames that nothing could be done with yet.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_ingest::list_quarantine::FUNCTION)
}
