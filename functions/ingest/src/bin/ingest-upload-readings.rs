//! POST /v1/orgs/{org_id}/readings: up to a thousand readings that a program took itself.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_ingest::upload_readings::FUNCTION)
}
