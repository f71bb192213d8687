//! GET /v1/orgs/{org_id}/units/{unit_id}/readings: what a unit measured between two instants.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_readings::list::FUNCTION)
}
