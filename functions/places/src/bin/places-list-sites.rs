//! GET /v1/orgs/{org_id}/sites: the sites, each with how its units are.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::list_sites::FUNCTION)
}
