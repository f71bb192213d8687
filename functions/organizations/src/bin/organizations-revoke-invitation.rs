//! DELETE /v1/orgs/{org_id}/invitations/{invitation_id}: takes an invitation back.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_runtime::run(freshtrack_organizations::revoke_invitation::FUNCTION)
}
