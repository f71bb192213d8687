//! POST /v1/orgs/{org_id}/sensors/{sensor_id}/provisioning: has a sensor registered at a network server.

use freshtrack_application::networks::provision_sensor;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "networks-provision-sensor",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.networks_ports()?;
    let id = call.id("sensor_id", "sensor")?;
    let networks = ports.networks(call.ids());
    let job = provision_sensor(&networks, call.caller()?, id, call.json()?).await?;
    Ok(Reply::of(&job.view)?.at_revision(job.rev))
}
