//! POST /v1/me/password: a new password for who knows the present one.

use freshtrack_application::identity::change_password;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-change-password",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.account_ports()?;
    let accounts = ports.accounts(call.ids());
    change_password(&accounts, &context.mail_lane()?, call.person()?, call.json()?).await?;
    Ok(Reply::nothing())
}
