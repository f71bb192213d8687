//! GET /v1/orgs/{org_id}/units/{unit_id}/effective-rules: the rules in force, each with where it comes from.

use freshtrack_application::places::get_effective_rules;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-get-effective-rules",
    entry: |context, event| http("places-get-effective-rules", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let unit_id = call.id("unit_id", "unit")?;
    let rules = get_effective_rules(&ports.set_up(call.ids()), call.caller()?, unit_id).await?;
    Ok(Reply::of(&rules)?)
}
