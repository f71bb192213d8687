//! GET /v1/health: whether the system answers.

use freshtrack_application::ChainEnd;
use freshtrack_application::ports::{Owner, Records};
use freshtrack_contracts::endpoints::Health;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "platform-get-health",
    entry: |context, event| http("platform-get-health", context, event, handle),
};

async fn handle(context: Arc<Context>, _: Call) -> Result<Reply, HandlerError> {
    // Any read will do: it tells whether the table answers.
    let records = context.records()?;
    let records: &dyn Records = &records;
    records.get::<ChainEnd>(Owner::Platform, ChainEnd::KEY).await?;
    Ok(Reply::of(&Health {
        status: "ok".to_owned(),
    })?)
}
