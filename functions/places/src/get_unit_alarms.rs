//! GET /v1/orgs/{org_id}/units/{unit_id}/alarms: the alarm library as it is in force for a unit.

use freshtrack_application::places::get_alarms;
use freshtrack_contracts::events::PlaceId;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-get-unit-alarms",
    entry: |context, event| http("places-get-unit-alarms", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let place = Some(PlaceId::Unit(call.id("unit_id", "unit")?));
    let alarms = get_alarms(&ports.set_up(call.ids()), call.caller()?, place).await?;
    Ok(Reply::of(&alarms.view)?.at_revision(alarms.rev))
}
