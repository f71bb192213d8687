//! POST /v1/me/totp/disable: turns the second factor off.

use freshtrack_application::identity::disable_totp;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-disable-totp",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let (ports, vault, mail) = (context.account_ports()?, context.vault()?, context.mail_lane()?);
    let accounts = ports.accounts(call.ids());
    disable_totp(&accounts, &vault, &mail, call.person()?, call.json()?).await?;
    Ok(Reply::nothing())
}
