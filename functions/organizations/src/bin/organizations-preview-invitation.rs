//! POST /v1/invitations/preview: what an invitation says to whoever holds its link.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::preview_invitation::FUNCTION)
}
