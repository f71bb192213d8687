//! POST /v1/orgs/{org_id}/sensors/{sensor_id}/replace: puts another device in a sensor's place.

use freshtrack_application::devices::replace_sensor;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "devices-replace-sensor",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let vault = context.vault()?;
    let id = call.id("sensor_id", "sensor")?;
    let done = replace_sensor(
        &ports.set_up(call.ids()),
        &vault,
        call.caller()?,
        id,
        call.json()?,
    )
    .await?;
    Ok(Reply::of(&done.view)?.at_revision(done.rev))
}
