//! POST /v1/orgs/{org_id}/access-keys/{key_id}/rotation: gives an access key a new secret.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::rotate_access_key::FUNCTION)
}
