//! GET /v1/orgs/{org_id}/overview: every site, area and unit with what is happening in it.

use freshtrack_application::get_overview;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-get-overview",
    entry: |context, event| http("places-get-overview", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let overview = get_overview(
        &context.records()?,
        &context.states()?,
        context.clock(),
        call.caller()?,
    )
    .await?;
    Ok(Reply::of(&overview)?)
}
