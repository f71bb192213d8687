//! POST /v1/orgs/{org_id}/ingest/things-stack: a frame from The Things Stack becomes a reading.

use freshtrack_application::Refusal;
use freshtrack_contracts::ingest::IngestReport;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use freshtrack_vendors::{Message, things_stack};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "ingest-receive-things-stack",
    entry: |context, event| http("ingest-receive-things-stack", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let message = things_stack::parse(call.body()).map_err(|error| Refusal::invalid(error.to_string()))?;
    let report = match message {
        Message::Uplink(uplink) => {
            context
                .receive_ports()?
                .receive()
                .receive(call.scope()?, vec![uplink])
                .await?
        }
        // Joins, locations and downlink receipts: an answer other than success would make the server repeat them.
        Message::Other { .. } => IngestReport { results: Vec::new() },
    };
    Ok(Reply::of(&report)?)
}
