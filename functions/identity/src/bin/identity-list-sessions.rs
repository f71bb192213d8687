//! GET /v1/me/sessions: where a person is signed in.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::list_sessions::FUNCTION)
}
