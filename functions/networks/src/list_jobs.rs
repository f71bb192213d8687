//! GET /v1/orgs/{org_id}/network-jobs: lists the work on registrations of sensors.

use freshtrack_application::networks::{JobQuery, list_jobs};
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "networks-list-jobs",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.networks_ports()?;
    let query = JobQuery {
        sensor_id: call.parsed_query("sensor_id")?,
        state: call.parsed_query("state")?,
    };
    let networks = ports.networks(call.ids());
    let page = list_jobs(&networks, call.caller()?, &query, &call.page()?).await?;
    Ok(Reply::of(&page)?)
}
