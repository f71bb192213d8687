//! GET /v1/orgs/{org_id}/units/{unit_id}: a unit as it is set up, and how it is.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::get_unit::FUNCTION)
}
