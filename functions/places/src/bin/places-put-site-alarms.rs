//! PUT /v1/orgs/{org_id}/sites/{site_id}/alarms: sets alarms for a site, all that are set there.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::put_site_alarms::FUNCTION)
}
