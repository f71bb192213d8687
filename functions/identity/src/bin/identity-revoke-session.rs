//! DELETE /v1/me/sessions/{session_id}: ends a session.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_identity::revoke_session::FUNCTION)
}
