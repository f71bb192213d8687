//! PATCH /v1/orgs/{org_id}/sites/{site_id}: changes a site.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::update_site::FUNCTION)
}
