//! DELETE /v1/orgs/{org_id}/access-keys/{key_id}: ends an access key.

use freshtrack_application::organizations::revoke_access_key;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-revoke-access-key",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let id = call.id("key_id", "access key")?;
    revoke_access_key(&ports.office(call.ids()), call.caller()?, id).await?;
    Ok(Reply::nothing())
}
