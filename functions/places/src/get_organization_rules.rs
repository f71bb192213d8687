//! GET /v1/orgs/{org_id}/rules: the rules set for the organization.

use freshtrack_application::places::get_rules;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-get-organization-rules",
    entry: |context, event| http("places-get-organization-rules", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let place = None;
    let rules = get_rules(&ports.set_up(call.ids()), call.caller()?, place).await?;
    Ok(Reply::of(&rules.view)?.at_revision(rules.rev))
}
