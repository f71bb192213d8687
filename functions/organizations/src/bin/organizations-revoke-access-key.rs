//! DELETE /v1/orgs/{org_id}/access-keys/{key_id}: ends an access key.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::revoke_access_key::FUNCTION)
}
