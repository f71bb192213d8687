//! PUT /v1/orgs/{org_id}/units/{unit_id}/rules: sets the rules of a unit, all of them.

use freshtrack_application::places::put_rules;
use freshtrack_contracts::events::PlaceId;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-put-unit-rules",
    entry: |context, event| http("places-put-unit-rules", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let place = Some(PlaceId::Unit(call.id("unit_id", "unit")?));
    let (read, input) = (call.if_match()?, call.json()?);
    let rules = put_rules(&ports.set_up(call.ids()), call.caller()?, place, read, input).await?;
    Ok(Reply::of(&rules.view)?.at_revision(rules.rev))
}
