//! DELETE /v1/orgs/{org_id}/members/{user_id}: removes a member.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::remove_member::FUNCTION)
}
