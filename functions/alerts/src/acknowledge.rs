//! POST /v1/orgs/{org_id}/alerts/{alert_id}/acknowledge: somebody has seen an alert.

use freshtrack_application::alerts::acknowledge_alert;
use freshtrack_contracts::alerts::AcknowledgeAlert;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "alerts-acknowledge",
    entry: |context, event| http("alerts-acknowledge", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let id = call.id("alert_id", "alert")?;
    let AcknowledgeAlert { note } = call.json()?;
    let ports = context.alert_ports()?;
    let alert = acknowledge_alert(&ports.handle(), call.caller()?, id, note).await?;
    Ok(Reply::of(&alert)?)
}
