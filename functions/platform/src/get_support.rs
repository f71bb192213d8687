//! GET /v1/platform/support-sessions/active: what the administrator supports at the moment.

use freshtrack_application::platform::get_active_support;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "platform-get-support",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let active = get_active_support(&ports.office(call.ids()), call.administrator()?).await?;
    Ok(Reply::of(&active)?)
}
