//! GET /v1/orgs/{org_id}/processes/{process_id}/observations: what people have measured, the last first.

use freshtrack_application::processes::list_observations;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "processes-list-observations",
    entry: |context, event| http("processes-list-observations", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let id = call.id("process_id", "process")?;
    let list = list_observations(&context.records()?, call.caller()?, id, &call.page()?).await?;
    Ok(Reply::of(&list)?)
}
