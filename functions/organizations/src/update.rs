//! PATCH /v1/orgs/{org_id}: changes the organization.

use freshtrack_application::organizations::update_organization;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-update",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let (read, input) = (call.if_match()?, call.json()?);
    let updated = update_organization(&ports.office(call.ids()), call.caller()?, read, input).await?;
    Ok(Reply::of(&updated.view)?.at_revision(updated.rev))
}
