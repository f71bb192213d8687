//! GET /v1/orgs/{org_id}/logs/due: the units that are logged by hand, by when their next log is due.

use freshtrack_application::logbook::list_due_logs;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "logbook-list-due",
    entry: |context, event| http("logbook-list-due", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let site_id = call.parsed_query("site_id")?;
    let (records, states) = (context.records()?, context.states()?);
    let (caller, clock, page) = (call.caller()?, context.clock(), call.page()?);
    let list = list_due_logs(&records, &states, clock, caller, site_id, &page).await?;
    Ok(Reply::of(&list)?)
}
