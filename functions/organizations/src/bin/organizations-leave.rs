//! POST /v1/orgs/{org_id}/leave: the caller is no member any more.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::leave::FUNCTION)
}
