//! Workers of queues: each message for itself, in order where the queue keeps order.

use crate::context::Context;
use crate::event::{QueueEvent, QueueRecord};
use crate::function::{InvocationError, InvocationFuture};
use serde::de::DeserializeOwned;
use serde_json::json;
use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;

/// What is to become of a message.
#[derive(Debug)]
pub enum Verdict {
    /// Done: it leaves the queue.
    Done,
    /// Give it again later; after too many times it goes to the dead letters.
    Again(InvocationError),
}

/// Runs `handle` on each message of a batch, one after the other. A message that cannot be read is given back
/// and ends in the dead letters with its body. In a FIFO queue the rest of a group is given back with the first
/// message of it that fails, or the order would be lost.
pub fn queue<T, H, R>(context: Arc<Context>, event: Vec<u8>, handle: H) -> InvocationFuture
where
    T: DeserializeOwned + Send,
    H: Fn(Arc<Context>, T) -> R + Send + Sync + 'static,
    R: Future<Output = Verdict> + Send,
{
    Box::pin(async move {
        let event: QueueEvent =
            serde_json::from_slice(&event).map_err(|e| InvocationError::new("Event", e.to_string()))?;
        let mut failed = Vec::new();
        let mut stopped: BTreeSet<String> = BTreeSet::new();
        for record in event.records {
            let group = record.attributes.get("MessageGroupId").cloned();
            if group.as_ref().is_some_and(|group| stopped.contains(group)) {
                failed.push(record.message_id);
                continue;
            }
            if let Verdict::Again(error) = one(&context, &record, &handle).await {
                tracing::error!(message.id = record.message_id, %error, "a message was not handled");
                stopped.extend(group);
                failed.push(record.message_id);
            }
        }
        let failures: Vec<_> = failed
            .into_iter()
            .map(|id| json!({ "itemIdentifier": id }))
            .collect();
        Ok(json!({ "batchItemFailures": failures }).to_string().into_bytes())
    })
}

async fn one<T, H, R>(context: &Arc<Context>, record: &QueueRecord, handle: &H) -> Verdict
where
    T: DeserializeOwned,
    H: Fn(Arc<Context>, T) -> R,
    R: Future<Output = Verdict>,
{
    match serde_json::from_str(&record.body) {
        Ok(message) => handle(Arc::clone(context), message).await,
        Err(error) => Verdict::Again(InvocationError::new("Message", error.to_string())),
    }
}

impl<E: Into<InvocationError>> From<Result<(), E>> for Verdict {
    fn from(result: Result<(), E>) -> Self {
        match result {
            Ok(()) => Self::Done,
            Err(error) => Self::Again(error.into()),
        }
    }
}
