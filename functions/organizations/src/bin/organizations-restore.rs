//! POST /v1/orgs/{org_id}/restore: brings back an organization that was deleted.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::restore::FUNCTION)
}
