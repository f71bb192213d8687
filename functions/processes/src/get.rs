//! GET /v1/orgs/{org_id}/processes/{process_id}: how far a timed process is, and what must be done next.

use freshtrack_application::processes::get_process;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "processes-get",
    entry: |context, event| http("processes-get", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let id = call.id("process_id", "process")?;
    let ports = context.evidence_ports()?;
    let process = get_process(&ports.evidence(), call.caller()?, id).await?;
    Ok(Reply::of(&process)?)
}
