//! POST /v1/orgs/{org_id}/networks/{network_id}/test: tries a network server and its key.

use freshtrack_application::networks::test_network;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "networks-test",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.networks_ports()?.reached_at(call.api());
    let id = call.id("network_id", "network server")?;
    let networks = ports.networks(call.ids());
    let test = test_network(&networks, call.caller()?, id).await?;
    Ok(Reply::of(&test)?)
}
