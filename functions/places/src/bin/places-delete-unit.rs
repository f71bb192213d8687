//! DELETE /v1/orgs/{org_id}/units/{unit_id}: deletes a unit with all that is in it; it can be restored.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::delete_unit::FUNCTION)
}
