//! GET /v1/platform/users: everybody with an account, for administrators of the platform.

use freshtrack_application::platform::list_users;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "platform-list-users",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let office = ports.office(call.ids());
    let page = list_users(&office, call.administrator()?, &call.page()?, call.query("query")).await?;
    Ok(Reply::of(&page)?)
}
