//! GET /v1/orgs/{org_id}/statistics: how the units of an organization or a site are.

use freshtrack_application::places::get_statistics;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-get-statistics",
    entry: |context, event| http("places-get-statistics", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let site = call.parsed_query("site_id")?;
    let statistics = get_statistics(&ports.set_up(call.ids()), call.caller()?, site).await?;
    Ok(Reply::of(&statistics)?)
}
