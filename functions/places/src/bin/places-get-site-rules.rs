//! GET /v1/orgs/{org_id}/sites/{site_id}/rules: the rules set for a site.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::get_site_rules::FUNCTION)
}
