//! GET /v1/orgs/{org_id}/units/{unit_id}/logs/{log_id}: a log, and what corrects it.

use freshtrack_application::logbook::get_log;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "logbook-get",
    entry: |context, event| http("logbook-get", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let (unit_id, log_id) = (call.id("unit_id", "unit")?, call.id("log_id", "log")?);
    let (records, clock) = (context.records()?, context.clock());
    let log = get_log(&records, clock, call.caller()?, unit_id, log_id).await?;
    Ok(Reply::of(&log)?)
}
