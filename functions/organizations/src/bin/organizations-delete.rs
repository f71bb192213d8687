//! DELETE /v1/orgs/{org_id}: deletes the organization; its owner can restore it.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::delete::FUNCTION)
}
