//! GET /v1/orgs/{org_id}/processes: timed processes, the last started first.

use freshtrack_application::processes::{ProcessQuery, list_processes};
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "processes-list",
    entry: |context, event| http("processes-list", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let query = ProcessQuery {
        verdict: call.word_query("verdict")?,
        kind: call.word_query("kind")?,
        site_id: call.parsed_query("site_id")?,
        unit_id: call.parsed_query("unit_id")?,
        from: call.parsed_query("from")?,
        to: call.parsed_query("to")?,
    };
    let list = list_processes(&context.records()?, call.caller()?, query, &call.page()?).await?;
    Ok(Reply::of(&list)?)
}
