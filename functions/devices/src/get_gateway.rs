//! GET /v1/orgs/{org_id}/gateways/{gateway_id}: a gateway.

use freshtrack_application::devices::get_gateway;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "devices-get-gateway",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let done = get_gateway(
        &ports.set_up(call.ids()),
        call.caller()?,
        call.id("gateway_id", "gateway")?,
    )
    .await?;
    Ok(Reply::of(&done.view)?.at_revision(done.rev))
}
