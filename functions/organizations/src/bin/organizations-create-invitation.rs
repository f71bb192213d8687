//! POST /v1/orgs/{org_id}/invitations: asks somebody by mail to join.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::create_invitation::FUNCTION)
}
