//! DELETE /v1/me: deletes the account of the person and lets them leave their organizations.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::delete_account::FUNCTION)
}
