//! PUT /v1/orgs/{org_id}/units/{unit_id}/alarms: sets alarms for a unit, all that are set there.

use freshtrack_application::places::put_alarms;
use freshtrack_contracts::events::PlaceId;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-put-unit-alarms",
    entry: |context, event| http("places-put-unit-alarms", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let place = Some(PlaceId::Unit(call.id("unit_id", "unit")?));
    let (read, input) = (call.if_match()?, call.json()?);
    let alarms = put_alarms(&ports.set_up(call.ids()), call.caller()?, place, read, input).await?;
    Ok(Reply::of(&alarms.view)?.at_revision(alarms.rev))
}
