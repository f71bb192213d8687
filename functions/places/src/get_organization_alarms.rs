//! GET /v1/orgs/{org_id}/alarms: the alarm library as it is in force for the organization.

use freshtrack_application::places::get_alarms;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-get-organization-alarms",
    entry: |context, event| http("places-get-organization-alarms", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let place = None;
    let alarms = get_alarms(&ports.set_up(call.ids()), call.caller()?, place).await?;
    Ok(Reply::of(&alarms.view)?.at_revision(alarms.rev))
}
