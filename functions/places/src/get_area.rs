//! GET /v1/orgs/{org_id}/areas/{area_id}: an area as it is set up, and how it is.

use freshtrack_application::places::get_area;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-get-area",
    entry: |context, event| http("places-get-area", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let found = get_area(
        &ports.set_up(call.ids()),
        call.caller()?,
        call.id("area_id", "area")?,
    )
    .await?;
    Ok(Reply::of(&found.view)?.at_revision(found.rev))
}
