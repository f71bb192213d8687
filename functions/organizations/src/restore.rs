//! POST /v1/orgs/{org_id}/restore: brings back an organization that was deleted.

use freshtrack_application::organizations::restore_organization;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-restore",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let org_id = call.id("org_id", "organization")?;
    let office = ports.office(call.ids());
    let restored = restore_organization(&office, &call.person()?, org_id, call.json()?).await?;
    Ok(Reply::of(&restored.view)?.at_revision(restored.rev))
}
