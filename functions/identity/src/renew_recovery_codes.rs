//! POST /v1/me/totp/recovery-codes: new recovery codes in place of the former.

use freshtrack_application::identity::renew_recovery_codes;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-renew-recovery-codes",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let (ports, vault) = (context.account_ports()?, context.vault()?);
    let accounts = ports.accounts(call.ids());
    Ok(Reply::of(
        &renew_recovery_codes(&accounts, &vault, call.person()?, &call.json()?).await?,
    )?)
}
