//! GET /v1/orgs/{org_id}/sensors/{sensor_id}/calibrations: the calibrations of a sensor.

use freshtrack_application::devices::list_calibrations;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "devices-list-calibrations",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let done = list_calibrations(
        &ports.set_up(call.ids()),
        call.caller()?,
        call.id("sensor_id", "sensor")?,
        &call.page()?,
    )
    .await?;
    Ok(Reply::of(&done)?)
}
