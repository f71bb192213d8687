//! GET /v1/orgs/{org_id}/units/{unit_id}/readings/export: a unit's readings as a table, page by page.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_readings::export::FUNCTION)
}
