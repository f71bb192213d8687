//! POST /v1/orgs/{org_id}/invitations: asks somebody by mail to join.

use freshtrack_application::organizations::{Post, create_invitation};
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-create-invitation",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let (office, lane, throttle) = (
        ports.office(call.ids()),
        context.mail_lane()?,
        context.throttle()?,
    );
    let post = Post {
        lane: &lane,
        throttle: &throttle,
    };
    let created = create_invitation(&office, &post, call.caller()?, call.json()?).await?;
    Ok(Reply::of(&created)?)
}
