//! GET /v1/orgs/{org_id}/units: the units, each with what is happening in it.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::list_units::FUNCTION)
}
