//! POST /v1/orgs/{org_id}/invitations/{invitation_id}/resend: sends an invitation again, with a new link.

use freshtrack_application::organizations::{Post, resend_invitation};
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-resend-invitation",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let id = call.id("invitation_id", "invitation")?;
    let (office, lane, throttle) = (
        ports.office(call.ids()),
        context.mail_lane()?,
        context.throttle()?,
    );
    let post = Post {
        lane: &lane,
        throttle: &throttle,
    };
    let sent = resend_invitation(&office, &post, call.caller()?, id).await?;
    Ok(Reply::of(&sent)?)
}
