//! POST /v1/orgs/{org_id}/sensors/{sensor_id}/retire: retires a sensor.

use freshtrack_application::devices::retire_sensor;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "devices-retire-sensor",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let done = retire_sensor(
        &ports.set_up(call.ids()),
        call.caller()?,
        call.id("sensor_id", "sensor")?,
    )
    .await?;
    Ok(Reply::of(&done.view)?.at_revision(done.rev))
}
