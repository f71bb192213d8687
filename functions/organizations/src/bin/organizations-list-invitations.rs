//! GET /v1/orgs/{org_id}/invitations: who was invited, and what came of it.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::list_invitations::FUNCTION)
}
