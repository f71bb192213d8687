//! POST /v1/orgs/{org_id}/units/{unit_id}/purge: removes a deleted unit for good.

use freshtrack_application::places::purge_place;
use freshtrack_contracts::events::PlaceId;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-purge-unit",
    entry: |context, event| http("places-purge-unit", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let place = PlaceId::Unit(call.id("unit_id", "unit")?);
    purge_place(&ports.set_up(call.ids()), call.caller()?, place).await?;
    Ok(Reply::nothing())
}
