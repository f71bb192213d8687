//! GET /v1/orgs/{org_id}/alerts: open or resolved alerts, the newest first.

use freshtrack_application::{Refusal, list_alerts};
use freshtrack_domain::alert::AlertStatus;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "alerts-list",
    entry: |context, event| http("alerts-list", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let status = match call.query("status") {
        None | Some("open") => AlertStatus::Open,
        Some("resolved") => AlertStatus::Resolved,
        Some(_) => return Err(Refusal::invalid("status must be `open` or `resolved`.").into()),
    };
    let list = list_alerts(&context.alerts()?, call.caller()?, status, &call.page()?).await?;
    Ok(Reply::of(&list)?)
}
