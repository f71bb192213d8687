//! DELETE /v1/orgs/{org_id}/sensors/{sensor_id}/changes/{change_id}: takes back a change that was not sent yet.

use freshtrack_application::networks::cancel_change;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "networks-cancel-change",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.networks_ports()?;
    let sensor = call.id("sensor_id", "sensor")?;
    let id = call.id("change_id", "change of the sensor")?;
    cancel_change(&ports.networks(call.ids()), call.caller()?, sensor, id).await?;
    Ok(Reply::nothing())
}
