//! POST /v1/orgs/{org_id}/processes: a timed process is started.

use freshtrack_application::processes::start_process;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "processes-start",
    entry: |context, event| http("processes-start", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.process_ports()?;
    let process = start_process(&ports.processes(), call.ids(), call.caller()?, call.json()?).await?;
    Ok(Reply::of(&process)?)
}
