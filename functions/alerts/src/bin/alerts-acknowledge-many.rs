//! POST /v1/orgs/{org_id}/alerts/acknowledge: somebody has seen many alerts.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_alerts::acknowledge_many::FUNCTION)
}
