//! PATCH /v1/orgs/{org_id}/areas/{area_id}: changes an area.

use freshtrack_application::places::update_area;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-update-area",
    entry: |context, event| http("places-update-area", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let (id, read, input) = (call.id("area_id", "area")?, call.if_match()?, call.json()?);
    let updated = update_area(&ports.set_up(call.ids()), call.caller()?, id, read, input).await?;
    Ok(Reply::of(&updated.view)?.at_revision(updated.rev))
}
