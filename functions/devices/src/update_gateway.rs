//! PATCH /v1/orgs/{org_id}/gateways/{gateway_id}: changes a gateway.

use freshtrack_application::devices::update_gateway;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "devices-update-gateway",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let (id, read, input) = (call.id("gateway_id", "gateway")?, call.if_match()?, call.json()?);
    let done = update_gateway(&ports.set_up(call.ids()), call.caller()?, id, read, input).await?;
    Ok(Reply::of(&done.view)?.at_revision(done.rev))
}
