//! GET /v1/orgs/{org_id}/sensors/{sensor_id}/changes: lists the changes of a sensor's settings.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_networks::list_changes::FUNCTION)
}
