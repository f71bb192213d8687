//! GET /v1/orgs/{org_id}/statistics: how the units of an organization or a site are.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::get_statistics::FUNCTION)
}
