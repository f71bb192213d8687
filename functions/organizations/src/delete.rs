//! DELETE /v1/orgs/{org_id}: deletes the organization; its owner can restore it.

use freshtrack_application::organizations::delete_organization;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-delete",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    delete_organization(&ports.office(call.ids()), call.caller()?).await?;
    Ok(Reply::nothing())
}
