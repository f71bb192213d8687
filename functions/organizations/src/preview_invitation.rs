//! POST /v1/invitations/preview: what an invitation says to whoever holds its link.

use freshtrack_application::organizations::preview_invitation;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-preview-invitation",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let preview = preview_invitation(&ports.office(call.ids()), &call.json()?).await?;
    Ok(Reply::of(&preview)?)
}
