//! The event bus on EventBridge.

use crate::clients::AwsClients;
use crate::error::{corrupt, sdk};
use async_trait::async_trait;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use freshtrack_application::ports::EventBus;
use freshtrack_application::{PortError, PortErrorKind};
use freshtrack_contracts::events::{Event, SOURCE};

/// The most entries one call may carry.
const ENTRIES: usize = 10;

/// The bus.
#[derive(Debug, Clone)]
pub struct EventBridgeBus {
    client: Client,
    name: String,
}

impl EventBridgeBus {
    /// The bus called `name`.
    #[must_use]
    pub fn new(clients: &AwsClients, name: impl Into<String>) -> Self {
        Self {
            client: clients.eventbridge(),
            name: name.into(),
        }
    }

    fn entry(&self, op: &'static str, event: &Event) -> Result<PutEventsRequestEntry, PortError> {
        Ok(PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .source(SOURCE)
            .detail_type(event.what.detail_type())
            .time(DateTime::from_millis(event.at.0.as_millis()))
            .detail(serde_json::to_string(event).map_err(|error| corrupt(op, error))?)
            .build())
    }
}

#[async_trait]
impl EventBus for EventBridgeBus {
    async fn publish(&self, events: &[Event]) -> Result<(), PortError> {
        const OP: &str = "event_bus.publish";
        for portion in events.chunks(ENTRIES) {
            let entries = portion
                .iter()
                .map(|event| self.entry(OP, event))
                .collect::<Result<_, _>>()?;
            let output = self
                .client
                .put_events()
                .set_entries(Some(entries))
                .send()
                .await
                .map_err(|error| sdk(OP, error))?;
            // A call that succeeds may still have refused some of its entries.
            if output.failed_entry_count() > 0 {
                let code = output
                    .entries()
                    .iter()
                    .find_map(|entry| entry.error_code())
                    .unwrap_or_default();
                return Err(PortError::because(
                    OP,
                    PortErrorKind::Unavailable,
                    code.to_owned(),
                ));
            }
        }
        Ok(())
    }
}
