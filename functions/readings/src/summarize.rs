//! GET /v1/orgs/{org_id}/units/{unit_id}/readings/summary: what a unit's readings say of a span of time.

use freshtrack_application::{SummaryQuery, summarize_readings};
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "readings-summarize",
    entry: |context, event| http("readings-summarize", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let unit_id = call.id("unit_id", "unit")?;
    let query = SummaryQuery {
        from: call.parsed_query("from")?,
        to: call.parsed_query("to")?,
        division: call.parsed_query("per")?.unwrap_or_default(),
        rolling_minutes: call.parsed_query("rolling_minutes")?,
    };
    let (states, log, records) = (context.states()?, context.log()?, context.records()?);
    let clock = context.clock();
    let summaries =
        summarize_readings(&states, &log, &records, clock, call.caller()?, unit_id, query).await?;
    Ok(Reply::of(&summaries)?)
}
