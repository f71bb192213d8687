//! POST /v1/identity/password-reset: sends a mail by which a new password can be set.

use freshtrack_application::identity::request_password_reset;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-request-password-reset",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.account_ports()?;
    let accounts = ports.accounts(call.ids());
    request_password_reset(&accounts, &context.mail_lane()?, call.origin(), call.json()?).await?;
    Ok(Reply::nothing())
}
