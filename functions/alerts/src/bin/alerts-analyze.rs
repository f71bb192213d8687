//! GET /v1/orgs/{org_id}/alerts/analytics: what the alerts of a span of time come to.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_alerts::analyze::FUNCTION)
}
