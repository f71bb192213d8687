//! GET /v1/orgs/{org_id}/overview: every site, area and unit with what is happening in it.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::get_overview::FUNCTION)
}
