//! GET /v1/orgs/{org_id}/networks: lists the connections to network servers.

use freshtrack_application::networks::list_networks;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "networks-list",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.networks_ports()?;
    let list = list_networks(&ports.networks(call.ids()), call.caller()?, &call.page()?).await?;
    Ok(Reply::of(&list)?)
}
