//! GET /v1/orgs/{org_id}/areas: the areas, each with how its units are.

use freshtrack_application::places::list_areas;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-list-areas",
    entry: |context, event| http("places-list-areas", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let site = call.parsed_query("site_id")?;
    let list = list_areas(&ports.set_up(call.ids()), call.caller()?, site, &call.page()?).await?;
    Ok(Reply::of(&list)?)
}
