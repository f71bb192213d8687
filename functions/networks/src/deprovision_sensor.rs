//! DELETE /v1/orgs/{org_id}/sensors/{sensor_id}/provisioning: has a sensor's registration removed.

use freshtrack_application::networks::deprovision_sensor;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "networks-deprovision-sensor",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.networks_ports()?;
    let id = call.id("sensor_id", "sensor")?;
    let job = deprovision_sensor(&ports.networks(call.ids()), call.caller()?, id).await?;
    Ok(Reply::of(&job.view)?.at_revision(job.rev))
}
