//! GET /v1/orgs/{org_id}/sites/{site_id}/alarms: the alarm library as it is in force for a site.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::get_site_alarms::FUNCTION)
}
