//! POST /v1/me/sign-out: ends the session that asks, or all of them.

use freshtrack_application::identity::sign_out;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-sign-out",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.account_ports()?;
    sign_out(&ports.accounts(call.ids()), call.person()?, call.json()?).await?;
    Ok(Reply::nothing())
}
