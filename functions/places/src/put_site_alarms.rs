//! PUT /v1/orgs/{org_id}/sites/{site_id}/alarms: sets alarms for a site, all that are set there.

use freshtrack_application::places::put_alarms;
use freshtrack_contracts::events::PlaceId;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-put-site-alarms",
    entry: |context, event| http("places-put-site-alarms", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let place = Some(PlaceId::Site(call.id("site_id", "site")?));
    let (read, input) = (call.if_match()?, call.json()?);
    let alarms = put_alarms(&ports.set_up(call.ids()), call.caller()?, place, read, input).await?;
    Ok(Reply::of(&alarms.view)?.at_revision(alarms.rev))
}
