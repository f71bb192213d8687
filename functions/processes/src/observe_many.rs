//! POST /v1/orgs/{org_id}/observations: observations that a device has kept until there was a network.

use freshtrack_application::processes::observe_processes;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "processes-observe-many",
    entry: |context, event| http("processes-observe-many", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.process_ports()?;
    let report = observe_processes(&ports.processes(), call.ids(), call.caller()?, call.json()?).await?;
    Ok(Reply::of(&report)?)
}
