//! GET /v1/orgs/{org_id}/alerts: open or resolved alerts, the newest first.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_alerts::list::FUNCTION)
}
