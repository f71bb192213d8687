//! POST /v1/orgs/{org_id}/processes/{process_id}/end: a timed process is finished or given up.

use freshtrack_application::processes::end_process;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "processes-end",
    entry: |context, event| http("processes-end", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let id = call.id("process_id", "process")?;
    let ports = context.process_ports()?;
    let process = end_process(&ports.processes(), call.ids(), call.caller()?, id, call.json()?).await?;
    Ok(Reply::of(&process)?)
}
