//! POST /v1/orgs/{org_id}/access-keys: creates an access key and shows its secret once.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::create_access_key::FUNCTION)
}
