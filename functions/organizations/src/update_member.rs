//! PATCH /v1/orgs/{org_id}/members/{user_id}: gives a member another role or other sites.

use freshtrack_application::organizations::update_member;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-update-member",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let (user_id, read, input) = (call.id("user_id", "member")?, call.if_match()?, call.json()?);
    let office = ports.office(call.ids());
    let updated = update_member(&office, call.caller()?, user_id, read, input).await?;
    Ok(Reply::of(&updated.view)?.at_revision(updated.rev))
}
