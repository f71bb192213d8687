//! GET /v1/orgs/{org_id}/units/{unit_id}/door-events: when the doors of a unit were opened and closed.

use freshtrack_application::{ReadingsOf, list_door_events};
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "readings-list-door-events",
    entry: |context, event| http("readings-list-door-events", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let of = ReadingsOf {
        unit_id: call.id("unit_id", "unit")?,
        from: call.parsed_query("from")?,
        to: call.parsed_query("to")?,
    };
    let (states, log, page) = (context.states()?, context.log()?, call.page()?);
    let list = list_door_events(&states, &log, context.clock(), call.caller()?, of, &page).await?;
    Ok(Reply::of(&list)?)
}
