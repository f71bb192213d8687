//! GET /.well-known/jwks.json: the keys that access tokens are signed with.

use freshtrack_application::identity::get_jwks;
use freshtrack_domain::time::Span;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// How long anybody may keep the keys: less than a new one is published before it signs.
const KEPT_FOR: Span = Span::minutes(5);

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-get-jwks",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, _: Call) -> Result<Reply, HandlerError> {
    let keys = get_jwks(&context.records()?, context.clock()).await?;
    Ok(Reply::of(&keys)?.kept_for(KEPT_FOR))
}
