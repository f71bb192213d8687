//! DELETE /v1/orgs/{org_id}/sensors/{sensor_id}/changes/{change_id}: takes back a change that was not sent yet.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_networks::cancel_change::FUNCTION)
}
