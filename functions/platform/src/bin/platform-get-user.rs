//! GET /v1/platform/users/{user_id}: a person and where they belong, for administrators of the platform.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_platform::get_user::FUNCTION)
}
