//! GET /v1/orgs/{org_id}/units/{unit_id}/readings: what a unit measured between two instants.

use freshtrack_application::list_readings;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "readings-list",
    entry: |context, event| http("readings-list", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let unit_id = call.id("unit_id", "unit")?;
    let (from, to) = (call.parsed_query("from")?, call.parsed_query("to")?);
    let (states, log) = (context.states()?, context.log()?);
    let list = list_readings(&states, &log, context.clock(), call.caller()?, unit_id, from, to).await?;
    Ok(Reply::of(&list)?)
}
