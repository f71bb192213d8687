//! GET /v1/orgs/{org_id}/access-keys: the access keys, without their secrets.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::list_access_keys::FUNCTION)
}
