//! GET /v1/me: who asks, where they belong and whom they support.

use freshtrack_application::identity::get_me;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-get-me",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let me = get_me(&context.records()?, context.clock(), call.person()?).await?;
    Ok(Reply::of(&me.view)?.at_revision(me.rev))
}
