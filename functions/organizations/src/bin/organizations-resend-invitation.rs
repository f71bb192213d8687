//! POST /v1/orgs/{org_id}/invitations/{invitation_id}/resend: sends an invitation again, with a new link.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::resend_invitation::FUNCTION)
}
