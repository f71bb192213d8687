//! DELETE /v1/me: deletes the account of the person and lets them leave their organizations.

use freshtrack_application::organizations::delete_account;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-delete-account",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    delete_account(&ports.office(call.ids()), &call.person()?).await?;
    Ok(Reply::nothing())
}
