//! POST /v1/orgs/{org_id}/invitations: asks somebody by mail to join.

use freshtrack_application::organizations::create_invitation;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-create-invitation",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let office = ports.office(call.ids());
    let created = create_invitation(&office, &context.mail_lane()?, call.caller()?, call.json()?).await?;
    Ok(Reply::of(&created)?)
}
