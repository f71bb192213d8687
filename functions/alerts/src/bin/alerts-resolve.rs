//! POST /v1/orgs/{org_id}/alerts/{alert_id}/resolve: what became of an alert.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_alerts::resolve::FUNCTION)
}
