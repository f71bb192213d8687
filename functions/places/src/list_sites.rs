//! GET /v1/orgs/{org_id}/sites: the sites, each with how its units are.

use freshtrack_application::places::list_sites;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-list-sites",
    entry: |context, event| http("places-list-sites", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let list = list_sites(&ports.set_up(call.ids()), call.caller()?, &call.page()?).await?;
    Ok(Reply::of(&list)?)
}
