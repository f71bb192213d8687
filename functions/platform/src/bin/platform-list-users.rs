//! GET /v1/platform/users: everybody with an account, for administrators of the platform.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_platform::list_users::FUNCTION)
}
