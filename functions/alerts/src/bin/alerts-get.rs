//! GET /v1/orgs/{org_id}/alerts/{alert_id}: an alert and what happened to it.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_alerts::get::FUNCTION)
}
