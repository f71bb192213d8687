//! GET /v1/orgs/{org_id}/networks/{network_id}: shows a connection to a network server.

use freshtrack_application::networks::get_network;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "networks-get",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.networks_ports()?;
    let id = call.id("network_id", "network server")?;
    let network = get_network(&ports.networks(call.ids()), call.caller()?, id).await?;
    Ok(Reply::of(&network.view)?.at_revision(network.rev))
}
