//! POST /v1/identity/refresh: new tokens for the newest refresh token.

use freshtrack_application::identity::refresh;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-refresh",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let (ports, vault) = (context.account_ports()?, context.vault()?);
    let accounts = ports.accounts(call.ids());
    let tokens = context.access_tokens()?;
    Ok(Reply::of(
        &refresh(&accounts, &vault, tokens, &call.json()?).await?,
    )?)
}
