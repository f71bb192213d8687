//! POST /v1/orgs: creates an organization that the person owns.

use freshtrack_application::organizations::create_organization;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-create",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let created = create_organization(&ports.office(call.ids()), &call.person()?, call.json()?).await?;
    Ok(Reply::of(&created.view)?.at_revision(created.rev))
}
