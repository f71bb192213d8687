//! POST /v1/orgs/{org_id}/sensors: registers a sensor.

use freshtrack_application::devices::register_sensor;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "devices-register-sensor",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let vault = context.vault()?;
    let done = register_sensor(&ports.set_up(call.ids()), &vault, call.caller()?, call.json()?).await?;
    Ok(Reply::of(&done.view)?.at_revision(done.rev))
}
