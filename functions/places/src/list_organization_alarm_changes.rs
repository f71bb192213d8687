//! GET /v1/orgs/{org_id}/alarms/history: what was changed in the alarms set for the organization.

use freshtrack_application::places::list_alarm_changes;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-list-organization-alarm-changes",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let changes = list_alarm_changes(&ports.set_up(call.ids()), call.caller()?, None, &call.page()?).await?;
    Ok(Reply::of(&changes)?)
}
