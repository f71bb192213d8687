//! GET /v1/orgs/{org_id}/alerts: open or resolved alerts, the newest first.

use freshtrack_application::{AlertQuery, Refusal, list_alerts};
use freshtrack_domain::alert::AlertStatus;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "alerts-list",
    entry: |context, event| http("alerts-list", context, event, handle),
};

/// Alerts on one page unless the caller says otherwise.
const DEFAULT_LIMIT: usize = 50;
/// Alerts on one page at most.
const MAX_LIMIT: usize = 200;

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let status = match call.query("status") {
        None | Some("open") => AlertStatus::Open,
        Some("resolved") => AlertStatus::Resolved,
        Some(_) => return Err(Refusal::invalid("status must be `open` or `resolved`.").into()),
    };
    let limit = call.parsed_query("limit")?.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Refusal::invalid(format!("limit must be 1 to {MAX_LIMIT}.")).into());
    }
    let query = AlertQuery {
        status,
        after: call.parsed_query("cursor")?,
        limit,
    };
    Ok(Reply::of(
        &list_alerts(&context.alerts()?, call.caller()?, query).await?,
    )?)
}
