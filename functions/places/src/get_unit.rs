//! GET /v1/orgs/{org_id}/units/{unit_id}: a unit as it is set up, and how it is.

use freshtrack_application::places::get_unit;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-get-unit",
    entry: |context, event| http("places-get-unit", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let found = get_unit(
        &ports.set_up(call.ids()),
        call.caller()?,
        call.id("unit_id", "unit")?,
    )
    .await?;
    Ok(Reply::of(&found.view)?.at_revision(found.rev))
}
