//! POST /v1/identity/sign-in: signs a person in by password.

use freshtrack_application::identity::sign_in;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-sign-in",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let (ports, vault) = (context.account_ports()?, context.vault()?);
    let accounts = ports.accounts(call.ids());
    let tokens = context.access_tokens()?;
    Ok(Reply::of(
        &sign_in(&accounts, &vault, tokens, call.origin(), call.json()?).await?,
    )?)
}
