//! POST /v1/orgs/{org_id}/sites: creates a site.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::create_site::FUNCTION)
}
