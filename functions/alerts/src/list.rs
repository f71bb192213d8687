//! GET /v1/orgs/{org_id}/alerts: alerts, the newest first.

use freshtrack_application::alerts::{AlertQuery, list_alerts};
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "alerts-list",
    entry: |context, event| http("alerts-list", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let query = AlertQuery {
        status: call.word_query("status")?,
        unsigned: call.parsed_query("unsigned")?.unwrap_or(false),
        handling: call.word_query("handling")?,
        kind: call.word_query("kind")?,
        severity: call.word_query("severity")?,
        site_id: call.parsed_query("site_id")?,
        unit_id: call.parsed_query("unit_id")?,
        from: call.parsed_query("from")?,
        to: call.parsed_query("to")?,
    };
    let (alerts, records) = (context.alerts()?, context.records()?);
    let (caller, page) = (call.caller()?, call.page()?);
    let list = list_alerts(&alerts, &records, context.clock(), caller, query, &page).await?;
    Ok(Reply::of(&list)?)
}
