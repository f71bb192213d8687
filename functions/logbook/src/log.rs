//! POST /v1/orgs/{org_id}/units/{unit_id}/logs: a temperature logged by hand.

use freshtrack_application::logbook::log_temperature;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "logbook-log",
    entry: |context, event| http("logbook-log", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let unit_id = call.id("unit_id", "unit")?;
    let ports = context.logbook_ports()?;
    let log = log_temperature(&ports.keep(call.ids()), call.caller()?, unit_id, call.json()?).await?;
    Ok(Reply::of(&log)?)
}
