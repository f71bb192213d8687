//! GET /v1/orgs/{org_id}/members: the members, with what they are called.

use freshtrack_application::organizations::list_members;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-list-members",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let page = list_members(&ports.office(call.ids()), call.caller()?, &call.page()?).await?;
    Ok(Reply::of(&page)?)
}
