//! GET /v1/orgs/{org_id}/members: the members, with what they are called.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::list_members::FUNCTION)
}
