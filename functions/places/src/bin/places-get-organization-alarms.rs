//! GET /v1/orgs/{org_id}/alarms: the alarm library as it is in force for the organization.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::get_organization_alarms::FUNCTION)
}
