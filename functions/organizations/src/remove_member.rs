//! DELETE /v1/orgs/{org_id}/members/{user_id}: removes a member.

use freshtrack_application::organizations::remove_member;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-remove-member",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let user_id = call.id("user_id", "member")?;
    remove_member(&ports.office(call.ids()), call.caller()?, user_id).await?;
    Ok(Reply::nothing())
}
