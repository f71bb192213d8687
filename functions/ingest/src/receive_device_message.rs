//! IoT topic rule on freshtrack/{org_id}/{device_id}/up: a message of a device becomes a reading.

use freshtrack_application::OrgScope;
use freshtrack_contracts::ingest::IngestReport;
use freshtrack_runtime::{Context, Function, InvocationError, direct};
use freshtrack_vendors::device_topic;
use serde_json::value::RawValue;
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "ingest-receive-device-message",
    entry: |context, event| direct(context, event, handle),
};

/// A message that cannot be read fails the invocation, so that it lands, whole, in the dead letters.
async fn handle(context: Arc<Context>, message: Box<RawValue>) -> Result<IngestReport, InvocationError> {
    let (org_id, uplink) = device_topic::parse(message.get().as_bytes())
        .map_err(|error| InvocationError::new("DeviceMessage", error.to_string()))?;
    // The topic names the organization, and a device's certificate lets it publish to no other.
    let scope = OrgScope::granted(org_id);
    Ok(context
        .receive_ports()?
        .receive()
        .receive(scope, vec![uplink])
        .await?)
}
