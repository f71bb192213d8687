//! POST /v1/orgs/{org_id}/units/{unit_id}/rules/replay: tries other rules on what a unit has measured.

use freshtrack_application::places::replay_rules;
use freshtrack_contracts::places::ReplayRules;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "places-replay-rules",
    entry: |context, event| http("places-replay-rules", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let (ports, log) = (context.places_ports()?, context.log()?);
    let unit_id = call.id("unit_id", "unit")?;
    let asked: ReplayRules = call.json()?;
    let replayed = replay_rules(&ports.set_up(call.ids()), &log, call.caller()?, unit_id, &asked).await?;
    Ok(Reply::of(&replayed)?)
}
