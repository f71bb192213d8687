//! POST /v1/identity/password-reset/complete: sets a new password by the token in the mail.

use freshtrack_application::identity::reset_password;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-reset-password",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.account_ports()?;
    let accounts = ports.accounts(call.ids());
    reset_password(&accounts, &context.mail_lane()?, call.origin(), call.json()?).await?;
    Ok(Reply::nothing())
}
