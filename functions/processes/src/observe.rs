//! POST /v1/orgs/{org_id}/processes/{process_id}/observations: a temperature of the food in a timed process.

use freshtrack_application::processes::observe_process;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "processes-observe",
    entry: |context, event| http("processes-observe", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let id = call.id("process_id", "process")?;
    let ports = context.process_ports()?;
    let (processes, caller) = (ports.processes(), call.caller()?);
    let observation = observe_process(&processes, call.ids(), caller, id, call.json()?).await?;
    Ok(Reply::of(&observation)?)
}
