//! GET /v1/orgs/{org_id}/sites/{site_id}: a site as it is set up, and how it is.

use freshtrack_application::places::get_site;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-get-site",
    entry: |context, event| http("places-get-site", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let found = get_site(
        &ports.set_up(call.ids()),
        call.caller()?,
        call.id("site_id", "site")?,
    )
    .await?;
    Ok(Reply::of(&found.view)?.at_revision(found.rev))
}
