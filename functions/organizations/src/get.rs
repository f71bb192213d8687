//! GET /v1/orgs/{org_id}: the organization.

use freshtrack_application::organizations::get_organization;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-get",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let found = get_organization(&ports.office(call.ids()), call.caller()?).await?;
    Ok(Reply::of(&found.view)?.at_revision(found.rev))
}
