//! GET /v1/platform/organizations/{org_id}/members: its members, for administrators of the platform.

use freshtrack_application::platform::list_members_of;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "platform-list-members",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let (office, org_id) = (ports.office(call.ids()), call.id("org_id", "organization")?);
    let page = list_members_of(&office, call.administrator()?, org_id, &call.page()?).await?;
    Ok(Reply::of(&page)?)
}
