//! POST /v1/orgs/{org_id}/ownership: makes another member the owner.

use freshtrack_application::organizations::transfer_ownership;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-transfer-ownership",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    transfer_ownership(&ports.office(call.ids()), call.caller()?, &call.json()?).await?;
    Ok(Reply::nothing())
}
