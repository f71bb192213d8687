//! GET /v1/orgs/{org_id}/units/{unit_id}/readings/latest: the newest reading of each sensor of a unit.

use freshtrack_application::get_latest;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "readings-get-latest",
    entry: |context, event| http("readings-get-latest", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let unit_id = call.id("unit_id", "unit")?;
    let (states, log) = (context.states()?, context.log()?);
    let latest = get_latest(&states, &log, context.clock(), call.caller()?, unit_id).await?;
    Ok(Reply::of(&latest)?)
}
