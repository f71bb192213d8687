//! POST /v1/orgs/{org_id}/leave: the caller is no member any more.

use freshtrack_application::organizations::leave_organization;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-leave",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    leave_organization(&ports.office(call.ids()), call.caller()?).await?;
    Ok(Reply::nothing())
}
