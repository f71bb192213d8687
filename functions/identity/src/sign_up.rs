//! POST /v1/identity/sign-up: asks for an account; a mail says how to go on.

use freshtrack_application::identity::sign_up;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-sign-up",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.account_ports()?;
    let accounts = ports.accounts(call.ids());
    sign_up(&accounts, &context.mail_lane()?, call.origin(), call.json()?).await?;
    Ok(Reply::nothing())
}
