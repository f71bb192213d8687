//! GET /v1/orgs/{org_id}/sites/{site_id}/alarms/history: what was changed in the alarms set for a site.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::list_site_alarm_changes::FUNCTION)
}
