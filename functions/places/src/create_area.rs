//! POST /v1/orgs/{org_id}/areas: creates an area.

use freshtrack_application::places::create_area;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-create-area",
    entry: |context, event| http("places-create-area", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let created = create_area(&ports.set_up(call.ids()), call.caller()?, call.json()?).await?;
    Ok(Reply::of(&created.view)?.at_revision(created.rev))
}
