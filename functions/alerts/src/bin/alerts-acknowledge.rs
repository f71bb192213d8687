//! POST /v1/orgs/{org_id}/alerts/{alert_id}/acknowledge: somebody has seen an alert.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_alerts::acknowledge::FUNCTION)
}
