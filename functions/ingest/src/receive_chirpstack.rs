//! POST /v1/orgs/{org_id}/ingest/chirpstack: a frame from ChirpStack becomes a reading.

use freshtrack_application::Refusal;
use freshtrack_contracts::ingest::IngestReport;
use freshtrack_runtime::{Call, Context, Function, HandlerError, Reply, http};
use freshtrack_vendors::{Message, chirpstack};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "ingest-receive-chirpstack",
    entry: |context, event| http("ingest-receive-chirpstack", context, event, handle),
};

async fn handle(context: Arc<Context>, call: Call) -> Result<Reply, HandlerError> {
    let event = call.query("event").unwrap_or("up");
    let message =
        chirpstack::parse(event, call.body()).map_err(|error| Refusal::invalid(error.to_string()))?;
    let report = match message {
        Message::Uplink(uplink) => {
            context
                .receive_ports()?
                .receive()
                .receive(call.scope()?, vec![uplink])
                .await?
        }
        Message::Other { .. } => IngestReport { results: Vec::new() },
    };
    Ok(Reply::of(&report)?)
}
