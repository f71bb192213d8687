//! POST /v1/orgs/{org_id}/sensors/{sensor_id}/changes: sends a sensor a change of its settings.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_networks::request_change::FUNCTION)
}
