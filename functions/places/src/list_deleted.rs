//! GET /v1/orgs/{org_id}/deleted: what was deleted and can be restored.

use freshtrack_application::places::list_deleted;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-list-deleted",
    entry: |context, event| http("places-list-deleted", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let list = list_deleted(&ports.set_up(call.ids()), call.caller()?, &call.page()?).await?;
    Ok(Reply::of(&list)?)
}
