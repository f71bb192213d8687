//! POST /v1/orgs/{org_id}/ownership: makes another member the owner.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::transfer_ownership::FUNCTION)
}
