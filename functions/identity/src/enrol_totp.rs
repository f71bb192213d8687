//! POST /v1/me/totp: draws the secret of a second factor.

use freshtrack_application::identity::enrol_totp;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-enrol-totp",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let (ports, vault) = (context.account_ports()?, context.vault()?);
    Ok(Reply::of(
        &enrol_totp(&ports.accounts(call.ids()), &vault, call.person()?).await?,
    )?)
}
