//! POST /v1/orgs/{org_id}/quarantine/{frame_id}/claim: registers the device of a frame kept aside.

use freshtrack_application::devices::claim_frame;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "devices-claim-frame",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let (vault, quarantine) = (context.vault()?, context.quarantine()?);
    let id = call.id("frame_id", "frame")?;
    let done = claim_frame(
        &ports.set_up(call.ids()),
        &vault,
        &quarantine,
        call.caller()?,
        id,
        call.json()?,
    )
    .await?;
    Ok(Reply::of(&done.view)?.at_revision(done.rev))
}
