//! GET /v1/orgs/{org_id}/units: the units, each with what is happening in it.

use freshtrack_application::places::list_units;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-list-units",
    entry: |context, event| http("places-list-units", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let (site, area) = (call.parsed_query("site_id")?, call.parsed_query("area_id")?);
    let (caller, page) = (call.caller()?, call.page()?);
    let list = list_units(&ports.set_up(call.ids()), caller, site, area, &page).await?;
    Ok(Reply::of(&list)?)
}
