//! POST /v1/orgs/{org_id}/gateways: registers a gateway.

use freshtrack_application::devices::create_gateway;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "devices-create-gateway",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let done = create_gateway(&ports.set_up(call.ids()), call.caller()?, call.json()?).await?;
    Ok(Reply::of(&done.view)?.at_revision(done.rev))
}
