//! DELETE /v1/orgs/{org_id}/networks/{network_id}: ends a connection to a network server.

use freshtrack_application::networks::delete_network;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "networks-delete",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.networks_ports()?;
    let id = call.id("network_id", "network server")?;
    delete_network(&ports.networks(call.ids()), call.caller()?, id).await?;
    Ok(Reply::nothing())
}
