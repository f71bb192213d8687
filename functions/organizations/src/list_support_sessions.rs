//! GET /v1/orgs/{org_id}/support-sessions: who of the platform acted in the organization.

use freshtrack_application::platform::list_support_sessions;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-list-support-sessions",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let office = ports.office(call.ids());
    let page = list_support_sessions(&office, call.caller()?, &call.page()?).await?;
    Ok(Reply::of(&page)?)
}
