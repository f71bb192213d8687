//! GET /v1/orgs: the organizations of the person, and those they can restore.

use freshtrack_application::organizations::list_own_organizations;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "organizations-list-own",
    entry: |context, event| http(FUNCTION.name, context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.office_ports()?;
    let office = ports.office(call.ids());
    let own = list_own_organizations(&office, &call.person()?, &call.page()?).await?;
    Ok(Reply::of(&own)?)
}
