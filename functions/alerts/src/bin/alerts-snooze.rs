//! POST /v1/orgs/{org_id}/alerts/{alert_id}/snooze: an alert may wait.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_alerts::snooze::FUNCTION)
}
