//! POST /v1/orgs/{org_id}/logs: temperatures that a device has kept until there was a network.

use freshtrack_application::logbook::log_temperatures;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "logbook-log-many",
    entry: |context, event| http("logbook-log-many", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.logbook_ports()?;
    let report = log_temperatures(&ports.keep(call.ids()), call.caller()?, call.json()?).await?;
    Ok(Reply::of(&report)?)
}
