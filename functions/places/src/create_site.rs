//! POST /v1/orgs/{org_id}/sites: creates a site.

use freshtrack_application::places::create_site;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-create-site",
    entry: |context, event| http("places-create-site", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.places_ports()?;
    let created = create_site(&ports.set_up(call.ids()), call.caller()?, call.json()?).await?;
    Ok(Reply::of(&created.view)?.at_revision(created.rev))
}
