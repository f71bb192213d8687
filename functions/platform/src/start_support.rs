//! POST /v1/platform/support-sessions: lets an administrator act in the place of a member.

use freshtrack_application::platform::start_support;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "platform-start-support",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let started = start_support(&ports.office(call.ids()), call.administrator()?, call.json()?).await?;
    Ok(Reply::of(&started)?)
}
