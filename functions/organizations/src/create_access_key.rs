//! POST /v1/orgs/{org_id}/access-keys: creates an access key and shows its secret once.

use freshtrack_application::organizations::create_access_key;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-create-access-key",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let created = create_access_key(&ports.office(call.ids()), call.caller()?, call.json()?).await?;
    Ok(Reply::of(&created)?)
}
