//! POST /v1/identity/sign-in/second-step: completes a sign-in by a code.

use freshtrack_application::identity::second_step;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-sign-in-second-step",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let (ports, vault, mail) = (context.account_ports()?, context.vault()?, context.mail_lane()?);
    let accounts = ports.accounts(call.ids());
    let tokens = context.access_tokens()?;
    let signed_in = second_step(&accounts, &vault, tokens, &mail, call.origin(), call.json()?).await?;
    Ok(Reply::of(&signed_in)?)
}
