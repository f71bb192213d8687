//! GET /v1/orgs/{org_id}/alerts/{alert_id}: an alert and what happened to it.

use freshtrack_application::alerts::get_alert;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "alerts-get",
    entry: |context, event| http("alerts-get", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let id = call.id("alert_id", "alert")?;
    let (alerts, records) = (context.alerts()?, context.records()?);
    let detail = get_alert(&alerts, &records, context.clock(), call.caller()?, id).await?;
    Ok(Reply::of(&detail)?)
}
