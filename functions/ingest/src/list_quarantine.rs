//! GET /v1/orgs/{org_id}/quarantine: frames that nothing could be done with yet.

use freshtrack_application::list_quarantine;
use freshtrack_application::organizations::whole_organization;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "ingest-list-quarantine",
    entry: |context, event| http("ingest-list-quarantine", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let scope = whole_organization(call.caller()?)?;
    let list = list_quarantine(&context.quarantine()?, scope, &call.page()?).await?;
    Ok(Reply::of(&list)?)
}
