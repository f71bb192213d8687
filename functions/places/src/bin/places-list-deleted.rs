//! GET /v1/orgs/{org_id}/deleted: what was deleted and can be restored.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::list_deleted::FUNCTION)
}
