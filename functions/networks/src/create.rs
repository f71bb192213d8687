//! POST /v1/orgs/{org_id}/networks: connects a network server.

use freshtrack_application::networks::create_network;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "networks-create",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.networks_ports()?.reached_at(call.api());
    let networks = ports.networks(call.ids());
    let created = create_network(&networks, call.caller()?, call.json()?).await?;
    Ok(Reply::of(&created.view)?.at_revision(created.rev))
}
