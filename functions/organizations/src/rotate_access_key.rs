//! POST /v1/orgs/{org_id}/access-keys/{key_id}/rotation: gives an access key a new secret.

use freshtrack_application::organizations::rotate_access_key;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-rotate-access-key",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let (id, input) = (call.id("key_id", "access key")?, call.json()?);
    let rotated = rotate_access_key(&ports.office(call.ids()), call.caller()?, id, input).await?;
    Ok(Reply::of(&rotated)?)
}
