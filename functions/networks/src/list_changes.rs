//! GET /v1/orgs/{org_id}/sensors/{sensor_id}/changes: lists the changes of a sensor's settings.

use freshtrack_application::networks::list_changes;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "networks-list-changes",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.networks_ports()?;
    let id = call.id("sensor_id", "sensor")?;
    let networks = ports.networks(call.ids());
    let page = list_changes(&networks, call.caller()?, id, &call.page()?).await?;
    Ok(Reply::of(&page)?)
}
