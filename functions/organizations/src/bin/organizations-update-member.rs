//! PATCH /v1/orgs/{org_id}/members/{user_id}: gives a member another role or other sites.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::update_member::FUNCTION)
}
