//! GET /v1/orgs/{org_id}/units/{unit_id}/readings/summary: what a unit's readings say of a span of time.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_readings::summarize::FUNCTION)
}
