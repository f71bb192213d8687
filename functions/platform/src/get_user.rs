//! GET /v1/platform/users/{user_id}: a person and where they belong, for administrators of the platform.

use freshtrack_application::platform::get_user;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "platform-get-user",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let user_id = call.id("user_id", "user")?;
    let found = get_user(&ports.office(call.ids()), call.administrator()?, user_id).await?;
    Ok(Reply::of(&found)?)
}
