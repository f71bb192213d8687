//! GET /v1/orgs/{org_id}/network-jobs/{job_id}: shows the work on a registration.

use freshtrack_application::networks::get_job;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "networks-get-job",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.networks_ports()?;
    let id = call.id("job_id", "work on a registration")?;
    let job = get_job(&ports.networks(call.ids()), call.caller()?, id).await?;
    Ok(Reply::of(&job.view)?.at_revision(job.rev))
}
