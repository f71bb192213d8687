//! PATCH /v1/orgs/{org_id}/sensors/{sensor_id}: changes a sensor.

use freshtrack_application::devices::update_sensor;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "devices-update-sensor",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let vault = context.vault()?;
    let (id, read, input) = (call.id("sensor_id", "sensor")?, call.if_match()?, call.json()?);
    let done = update_sensor(&ports.set_up(call.ids()), &vault, call.caller()?, id, read, input).await?;
    Ok(Reply::of(&done.view)?.at_revision(done.rev))
}
