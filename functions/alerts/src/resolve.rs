//! POST /v1/orgs/{org_id}/alerts/{alert_id}/resolve: what became of an alert.

use freshtrack_application::alerts::resolve_alert;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "alerts-resolve",
    entry: |context, event| http("alerts-resolve", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let id = call.id("alert_id", "alert")?;
    let ports = context.alert_ports()?;
    let alert = resolve_alert(&ports.handle(), call.caller()?, id, call.json()?).await?;
    Ok(Reply::of(&alert)?)
}
