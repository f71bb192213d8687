//! POST /v1/me/totp/confirm: turns the second factor on, by its first code.

use freshtrack_application::identity::confirm_totp;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-confirm-totp",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let (ports, vault, mail) = (context.account_ports()?, context.vault()?, context.mail_lane()?);
    let accounts = ports.accounts(call.ids());
    Ok(Reply::of(
        &confirm_totp(&accounts, &vault, &mail, call.person()?, &call.json()?).await?,
    )?)
}
