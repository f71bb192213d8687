//! GET /v1/orgs: the organizations of the person, and those they can restore.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::list_own::FUNCTION)
}
