//! POST /v1/orgs/{org_id}/sites/{site_id}/purge: removes a deleted site for good.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::purge_site::FUNCTION)
}
