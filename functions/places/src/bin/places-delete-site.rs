//! DELETE /v1/orgs/{org_id}/sites/{site_id}: deletes a site with all that is in it; it can be restored.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::delete_site::FUNCTION)
}
