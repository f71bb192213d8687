//! GET /v1/orgs/{org_id}/sites/{site_id}: a site as it is set up, and how it is.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::get_site::FUNCTION)
}
