//! POST /v1/invitations/accept: makes the person a member of the organization that invited them.

use freshtrack_application::organizations::accept_invitation;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-accept-invitation",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let joined = accept_invitation(&ports.office(call.ids()), &call.person()?, &call.json()?).await?;
    Ok(Reply::of(&joined)?)
}
