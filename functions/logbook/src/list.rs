//! GET /v1/orgs/{org_id}/units/{unit_id}/logs: the logs of a unit, the last measured first.

use freshtrack_application::logbook::{LogQuery, list_logs};
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "logbook-list",
    entry: |context, event| http("logbook-list", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let query = LogQuery {
        unit_id: call.id("unit_id", "unit")?,
        from: call.parsed_query("from")?,
        to: call.parsed_query("to")?,
    };
    let list = list_logs(&context.records()?, call.caller()?, query, &call.page()?).await?;
    Ok(Reply::of(&list)?)
}
