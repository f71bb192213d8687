//! DELETE /v1/orgs/{org_id}/sites/{site_id}: deletes a site with all that is in it; it can be restored.

use freshtrack_application::places::delete_place;
use freshtrack_contracts::events::PlaceId;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-delete-site",
    entry: |context, event| http("places-delete-site", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let place = PlaceId::Site(call.id("site_id", "site")?);
    delete_place(&ports.set_up(call.ids()), call.caller()?, place).await?;
    Ok(Reply::nothing())
}
