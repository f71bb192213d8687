//! GET /v1/orgs/{org_id}/units/{unit_id}/readings/gaps: when the sensors of a unit told nothing.

use freshtrack_application::{GapsOf, list_gaps};
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "readings-list-gaps",
    entry: |context, event| http("readings-list-gaps", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let of = GapsOf {
        unit_id: call.id("unit_id", "unit")?,
        from: call.parsed_query("from")?,
        to: call.parsed_query("to")?,
        percent: call.parsed_query("percent")?,
    };
    let (states, log, records) = (context.states()?, context.log()?, context.records()?);
    let (clock, page) = (context.clock(), call.page()?);
    let list = list_gaps(&states, &log, &records, clock, call.caller()?, of, &page).await?;
    Ok(Reply::of(&list)?)
}
