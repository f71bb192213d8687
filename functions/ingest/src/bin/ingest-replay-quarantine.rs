//! POST /v1/orgs/{org_id}/quarantine/{frame_id}/replay: takes a frame in again.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_ingest::replay_quarantine::FUNCTION)
}
