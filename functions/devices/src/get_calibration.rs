//! GET /v1/orgs/{org_id}/sensors/{sensor_id}/calibrations/{calibration_id}: a calibration of a sensor.

use freshtrack_application::devices::get_calibration;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "devices-get-calibration",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let (sensor, id) = (
        call.id("sensor_id", "sensor")?,
        call.id("calibration_id", "calibration")?,
    );
    let done = get_calibration(&ports.set_up(call.ids()), call.caller()?, sensor, id).await?;
    Ok(Reply::of(&done)?)
}
