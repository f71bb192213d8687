//! PATCH /v1/orgs/{org_id}/units/{unit_id}: changes a unit.

use freshtrack_application::places::update_unit;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-update-unit",
    entry: |context, event| http("places-update-unit", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let (id, read, input) = (call.id("unit_id", "unit")?, call.if_match()?, call.json()?);
    let updated = update_unit(&ports.set_up(call.ids()), call.caller()?, id, read, input).await?;
    Ok(Reply::of(&updated.view)?.at_revision(updated.rev))
}
