//! POST /v1/orgs/{org_id}/quarantine/{frame_id}/replay: takes a frame in again.

use freshtrack_application::organizations::whole_organization;
use freshtrack_application::replay_frame;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "ingest-replay-quarantine",
    entry: |context, event| http("ingest-replay-quarantine", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.replay_ports()?;
    let frame_id = call.id("frame_id", "frame")?;
    Ok(Reply::of(
        &replay_frame(&ports.receive(), whole_organization(call.caller()?)?, frame_id).await?,
    )?)
}
