//! Followers of the table's stream: in order, stopping at the first change that fails.

use crate::context::Context;
use crate::event::StreamEvent;
use crate::function::{InvocationError, InvocationFuture};
use freshtrack_contracts::events::Event;
use serde_json::{Value, json};
use std::future::Future;
use std::sync::Arc;

/// Runs `handle` on the events that each change of the batch carries in its outbox.
pub fn stream<H, R>(context: Arc<Context>, event: Vec<u8>, handle: H) -> InvocationFuture
where
    H: Fn(Arc<Context>, Vec<Event>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), InvocationError>> + Send,
{
    Box::pin(async move {
        let event: StreamEvent =
            serde_json::from_slice(&event).map_err(|e| InvocationError::new("Event", e.to_string()))?;
        let mut failures = Vec::new();
        for record in event.records {
            let outbox = record
                .dynamodb
                .new_image
                .get(freshtrack_aws::OUTBOX)
                .and_then(|value| value.get("S"));
            let Some(text) = outbox.and_then(Value::as_str) else {
                continue;
            };
            let result = match serde_json::from_str(text) {
                Ok(events) => handle(Arc::clone(&context), events).await,
                Err(error) => Err(InvocationError::new("Outbox", error.to_string())),
            };
            if let Err(error) = result {
                let sequence = record.dynamodb.sequence_number;
                tracing::error!(stream.sequence = sequence, %error, "events were not published");
                // Everything from here on comes again: later events must not overtake earlier ones.
                failures.push(json!({ "itemIdentifier": sequence }));
                break;
            }
        }
        Ok(json!({ "batchItemFailures": failures }).to_string().into_bytes())
    })
}
