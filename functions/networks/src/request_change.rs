//! POST /v1/orgs/{org_id}/sensors/{sensor_id}/changes: sends a sensor a change of its settings.

use freshtrack_application::networks::request_change;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "networks-request-change",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.networks_ports()?;
    let id = call.id("sensor_id", "sensor")?;
    let networks = ports.networks(call.ids());
    let change = request_change(&networks, call.caller()?, id, call.json()?).await?;
    Ok(Reply::of(&change.view)?.at_revision(change.rev))
}
