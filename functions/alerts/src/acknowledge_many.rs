//! POST /v1/orgs/{org_id}/alerts/acknowledge: somebody has seen many alerts.

use freshtrack_application::alerts::acknowledge_alerts;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "alerts-acknowledge-many",
    entry: |context, event| http("alerts-acknowledge-many", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.alert_ports()?;
    let report = acknowledge_alerts(&ports.handle(), call.caller()?, call.json()?).await?;
    Ok(Reply::of(&report)?)
}
