//! POST /v1/orgs/{org_id}/networks/{network_id}/key-rotation: puts a new API key in place of the present one.

use freshtrack_application::networks::rotate_network_key;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "networks-rotate-key",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.networks_ports()?.reached_at(call.api());
    let id = call.id("network_id", "network server")?;
    let networks = ports.networks(call.ids());
    let rotated = rotate_network_key(&networks, call.caller()?, id, call.json()?).await?;
    Ok(Reply::of(&rotated.view)?.at_revision(rotated.rev))
}
