//! GET /v1/orgs/{org_id}/alerts/analytics: what the alerts of a span of time come to.

use freshtrack_application::alerts::{AnalyticsQuery, analyze_alerts};
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "alerts-analyze",
    entry: |context, event| http("alerts-analyze", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let query = AnalyticsQuery {
        from: call.parsed_query("from")?,
        to: call.parsed_query("to")?,
        site_id: call.parsed_query("site_id")?,
        unit_id: call.parsed_query("unit_id")?,
    };
    let (alerts, records) = (context.alerts()?, context.records()?);
    let analytics = analyze_alerts(&alerts, &records, context.clock(), call.caller()?, query).await?;
    Ok(Reply::of(&analytics)?)
}
