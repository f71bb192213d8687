//! POST /v1/invitations/accept: makes the person a member of the organization that invited them.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::accept_invitation::FUNCTION)
}
