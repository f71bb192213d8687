//! GET /v1/orgs/{org_id}/sites/{site_id}/rules: the rules set for a site.

use freshtrack_application::places::get_rules;
use freshtrack_contracts::events::PlaceId;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-get-site-rules",
    entry: |context, event| http("places-get-site-rules", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let place = Some(PlaceId::Site(call.id("site_id", "site")?));
    let rules = get_rules(&ports.set_up(call.ids()), call.caller()?, place).await?;
    Ok(Reply::of(&rules.view)?.at_revision(rules.rev))
}
