//! POST /v1/orgs/{org_id}/sites/{site_id}/restore: restores a site with all that was deleted with it.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::restore_site::FUNCTION)
}
