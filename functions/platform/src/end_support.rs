//! DELETE /v1/platform/support-sessions/active: ends what the administrator supports.

use freshtrack_application::platform::end_support;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "platform-end-support",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    end_support(&ports.office(call.ids()), call.administrator()?).await?;
    Ok(Reply::nothing())
}
