//! PUT /v1/orgs/{org_id}/alarms: sets alarms for the organization, all that are set there.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_places::put_organization_alarms::FUNCTION)
}
