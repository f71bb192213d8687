//! GET /v1/orgs/{org_id}/invitations: who was invited, and what came of it.

use freshtrack_application::organizations::list_invitations;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-list-invitations",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let page = list_invitations(&ports.office(call.ids()), call.caller()?, &call.page()?).await?;
    Ok(Reply::of(&page)?)
}
