//! POST /v1/orgs: creates an organization that the person owns.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::create::FUNCTION)
}
