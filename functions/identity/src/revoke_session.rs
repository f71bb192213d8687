//! DELETE /v1/me/sessions/{session_id}: ends a session.

use freshtrack_application::identity::revoke_session;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-revoke-session",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.account_ports()?;
    let session_id = call.id("session_id", "session")?;
    revoke_session(&ports.accounts(call.ids()), call.person()?, session_id).await?;
    Ok(Reply::nothing())
}
