//! GET /v1/me/sessions: where a person is signed in.

use freshtrack_application::identity::list_sessions;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-list-sessions",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let (records, now) = (context.records()?, context.clock().now());
    Ok(Reply::of(
        &list_sessions(&records, now, call.person()?, &call.page()?).await?,
    )?)
}
