//! GET /v1/orgs/{org_id}/access-keys: the access keys, without their secrets.

use freshtrack_application::organizations::list_access_keys;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-list-access-keys",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let page = list_access_keys(&ports.office(call.ids()), call.caller()?, &call.page()?).await?;
    Ok(Reply::of(&page)?)
}
