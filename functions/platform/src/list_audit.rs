//! GET /v1/platform/audit: what was done to the platform itself, the newest first.

use freshtrack_application::platform::list_platform_audit;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "platform-list-audit",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let page = list_platform_audit(&ports.office(call.ids()), &call.page()?).await?;
    Ok(Reply::of(&page)?)
}
