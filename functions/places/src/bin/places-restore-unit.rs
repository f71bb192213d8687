//! POST /v1/orgs/{org_id}/units/{unit_id}/restore: restores a unit with all that was deleted with it.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::restore_unit::FUNCTION)
}
