//! POST /v1/identity/verify-email/resend: sends the mail of a sign-up again.

use freshtrack_application::identity::resend_verification;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-resend-verification",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.account_ports()?;
    let accounts = ports.accounts(call.ids());
    resend_verification(&accounts, &context.mail_lane()?, call.origin(), call.json()?).await?;
    Ok(Reply::nothing())
}
