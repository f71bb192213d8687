//! POST /v1/orgs/{org_id}/readings: up to a thousand readings that a program took itself.

use freshtrack_application::upload_readings;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "ingest-upload-readings",
    entry: |context, event| http("ingest-upload-readings", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let ports = context.record_ports()?;
    let report = upload_readings(context.directory()?, &ports.record(), call.scope()?, call.json()?).await?;
    Ok(Reply::of(&report)?)
}
