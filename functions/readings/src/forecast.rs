//! GET /v1/orgs/{org_id}/units/{unit_id}/forecast: when a unit's temperature will reach its limit.

use freshtrack_application::forecast_unit;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "readings-forecast",
    entry: |context, event| http("readings-forecast", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let unit_id = call.id("unit_id", "unit")?;
    let (states, log, records) = (context.states()?, context.log()?, context.records()?);
    let caller = call.caller()?;
    let forecast = forecast_unit(&states, &log, &records, context.clock(), caller, unit_id).await?;
    Ok(Reply::of(&forecast)?)
}
