//! DELETE /v1/orgs/{org_id}/invitations/{invitation_id}: takes an invitation back.

use freshtrack_application::organizations::revoke_invitation;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-revoke-invitation",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let id = call.id("invitation_id", "invitation")?;
    revoke_invitation(&ports.office(call.ids()), call.caller()?, id).await?;
    Ok(Reply::nothing())
}
