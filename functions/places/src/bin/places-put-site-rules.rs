//! PUT /v1/orgs/{org_id}/sites/{site_id}/rules: sets the rules of a site, all of them.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::put_site_rules::FUNCTION)
}
