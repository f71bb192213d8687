//! GET /v1/orgs/{org_id}/gateways: the gateways.

use freshtrack_application::devices::list_gateways;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "devices-list-gateways",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let site = call.parsed_query("site_id")?;
    let done = list_gateways(&ports.set_up(call.ids()), call.caller()?, site, &call.page()?).await?;
    Ok(Reply::of(&done)?)
}
