//! EventBridge Scheduler, every day: a new signing key when the newest is a month old.

use freshtrack_application::identity::rotate_signing_keys;
use freshtrack_runtime::{Context, Function, InvocationError, direct};
use serde_json::{Value, json};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "identity-rotate-signing-keys",
    entry: |context, event| direct(context, event, handle),
};

async fn handle(context: Arc<Context>, _: Value) -> Result<Value, InvocationError> {
    let (ports, vault) = (context.account_ports()?, context.vault()?);
    let (made, forgotten) = rotate_signing_keys(&ports.accounts(context.ids()), &vault).await?;
    tracing::info!(
        keys.made = made,
        keys.forgotten = forgotten,
        "signing keys rotated"
    );
    Ok(json!({ "made": made, "forgotten": forgotten }))
}
