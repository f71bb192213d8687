//! POST /v1/orgs/{org_id}/networks/{network_id}/webhook-rotation: gives the webhook of a connection a new secret.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_networks::rotate_webhook::FUNCTION)
}
