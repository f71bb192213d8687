//! PATCH /v1/orgs/{org_id}/sites/{site_id}: changes a site.

use freshtrack_application::places::update_site;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-update-site",
    entry: |context, event| http("places-update-site", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let (id, read, input) = (call.id("site_id", "site")?, call.if_match()?, call.json()?);
    let updated = update_site(&ports.set_up(call.ids()), call.caller()?, id, read, input).await?;
    Ok(Reply::of(&updated.view)?.at_revision(updated.rev))
}
