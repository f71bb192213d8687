//! GET /v1/orgs/{org_id}/units/{unit_id}/readings/series: a unit's temperatures over any time, as a screen draws them.

use freshtrack_application::{SeriesOf, get_series};
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "readings-get-series",
    entry: |context, event| http("readings-get-series", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let of = SeriesOf {
        unit_id: call.id("unit_id", "unit")?,
        from: call.parsed_query("from")?,
        to: call.parsed_query("to")?,
        points: call.parsed_query("points")?,
    };
    let (states, log, records) = (context.states()?, context.log()?, context.records()?);
    let series = get_series(&states, &log, &records, context.clock(), call.caller()?, of).await?;
    Ok(Reply::of(&series)?)
}
