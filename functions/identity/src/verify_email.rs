//! POST /v1/identity/verify-email: creates the account, by the token in the mail.

use freshtrack_application::identity::verify_email;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-verify-email",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.account_ports()?;
    let accounts = ports.accounts(call.ids());
    verify_email(&accounts, call.origin(), &call.json()?).await?;
    Ok(Reply::nothing())
}
