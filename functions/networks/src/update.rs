//! PATCH /v1/orgs/{org_id}/networks/{network_id}: changes a connection to a network server.

use freshtrack_application::networks::update_network;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "networks-update",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.networks_ports()?.reached_at(call.api());
    let (id, read) = (call.id("network_id", "network server")?, call.if_match()?);
    let networks = ports.networks(call.ids());
    let updated = update_network(&networks, call.caller()?, id, read, call.json()?).await?;
    Ok(Reply::of(&updated.view)?.at_revision(updated.rev))
}
