//! POST /v1/orgs/{org_id}/sensors/{sensor_id}/calibrations: records a calibration of a sensor.

use freshtrack_application::devices::record_calibration;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "devices-record-calibration",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let done = record_calibration(
        &ports.set_up(call.ids()),
        call.caller()?,
        call.id("sensor_id", "sensor")?,
        call.json()?,
    )
    .await?;
    Ok(Reply::of(&done)?)
}
