//! PATCH /v1/me: what a person is called and the language they are written to in.

use freshtrack_application::identity::update_me;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-update-me",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.account_ports()?;
    let accounts = ports.accounts(call.ids());
    let user = update_me(&accounts, call.person()?, call.if_match()?, call.json()?).await?;
    Ok(Reply::of(&user.view)?.at_revision(user.rev))
}
