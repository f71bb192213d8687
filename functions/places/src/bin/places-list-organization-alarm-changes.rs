//! GET /v1/orgs/{org_id}/alarms/history: what was changed in the alarms set for the organization.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::list_organization_alarm_changes::FUNCTION)
}
