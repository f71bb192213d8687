//! From a queue to a function: the event source mapping of SQS.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::message::{ReceivedMessage, body_md5};
use super::{Queues, SqsError, Visibility};
use crate::clock::LocalClock;
use crate::invoke::Invoker;
use crate::services::batch::item_failures;
use crate::services::pattern::{EventPattern, PatternError};
use crate::template::EventSourceMapping;

/// Batches in flight when the mapping does not say. AWS starts with five and
/// goes far beyond; more than this only queues up on one machine.
const DEFAULT_CONCURRENCY: u32 = 10;

/// How long one receive waits before it looks again.
const POLL: Duration = Duration::from_secs(20);

/// The pause after the store failed.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Reads a queue and hands its messages to a function.
#[derive(Clone)]
pub struct QueuePoller {
    queue: String,
    mapping: EventSourceMapping,
    filter: Option<Arc<EventPattern>>,
    region: String,
    queues: Queues,
    invoker: Arc<dyn Invoker>,
    clock: LocalClock,
}

/// Messages and when they were taken, milliseconds since 1970.
struct Batch {
    messages: Vec<ReceivedMessage>,
    received_at_ms: i64,
}

impl QueuePoller {
    /// A poller of the queue called `queue` for the mapping's function.
    ///
    /// # Errors
    /// When a filter of the mapping cannot be used.
    pub fn new(
        queue: String,
        mapping: EventSourceMapping,
        region: String,
        queues: Queues,
        invoker: Arc<dyn Invoker>,
        clock: LocalClock,
    ) -> Result<Self, PatternError> {
        let filter = EventPattern::compile_filters(&mapping.filters)?.map(Arc::new);
        Ok(Self {
            queue,
            mapping,
            filter,
            region,
            queues,
            invoker,
            clock,
        })
    }

    /// Polls until the task is dropped. What is in flight then stays in the queue.
    pub async fn run(self) {
        let concurrency = self.mapping.maximum_concurrency.unwrap_or(DEFAULT_CONCURRENCY);
        let permits = Arc::new(Semaphore::new(usize::try_from(concurrency).unwrap_or(1)));
        let mut invocations = JoinSet::new();
        loop {
            while invocations.try_join_next().is_some() {}
            let Ok(permit) = Arc::clone(&permits).acquire_owned().await else {
                return;
            };
            match self.gather().await {
                Ok(batch) if batch.messages.is_empty() => {}
                Ok(batch) => {
                    let poller = self.clone();
                    invocations.spawn(async move {
                        poller.process(batch).await;
                        drop(permit);
                    });
                }
                Err(error) => {
                    tracing::error!(queue = self.queue, %error, "the queue could not be read");
                    tokio::time::sleep(STORE_PAUSE).await;
                }
            }
        }
    }

    /// Takes messages until the batch is full or its window has passed.
    async fn gather(&self) -> Result<Batch, SqsError> {
        let limit = usize::try_from(self.mapping.batch_size).unwrap_or(1).max(1);
        let mut messages = self.receive(limit).await?;
        let received_at_ms = self.clock.now_ms();
        let window = self.mapping.maximum_batching_window;
        if !messages.is_empty() && !window.is_zero() {
            let closes = self.clock.sleep(window);
            tokio::pin!(closes);
            while messages.len() < limit {
                tokio::select! {
                    more = self.receive(limit - messages.len()) => messages.extend(more?),
                    () = &mut closes => break,
                }
            }
        }
        Ok(Batch {
            messages,
            received_at_ms,
        })
    }

    async fn receive(&self, limit: usize) -> Result<Vec<ReceivedMessage>, SqsError> {
        let received = self
            .queues
            .receive(&self.queue, limit, POLL, Visibility::Leased)
            .await?;
        let Some(filter) = &self.filter else {
            return Ok(received);
        };
        // What the filter refuses is consumed: Lambda deletes it from the queue.
        let (passed, refused): (Vec<_>, Vec<_>) = received
            .into_iter()
            .partition(|message| filter.matches(&self.filtered(message)));
        self.queues.delete(
            &self.queue,
            refused.iter().map(|message| message.receipt_handle.as_str()),
        )?;
        Ok(passed)
    }

    /// The record as filters see it: with the body as JSON when it is JSON.
    fn filtered(&self, message: &ReceivedMessage) -> Vec<u8> {
        let mut record = self.record(message);
        if let Ok(body) = serde_json::from_str::<Value>(&message.body)
            && let Some(field) = record.get_mut("body")
        {
            *field = body;
        }
        record.to_string().into_bytes()
    }

    async fn process(&self, batch: Batch) {
        let records: Vec<Value> = batch
            .messages
            .iter()
            .map(|message| self.record(message))
            .collect();
        let event = Bytes::from(json!({ "Records": records }).to_string());
        let failed = match self.invoker.invoke(&self.mapping.function, event).await {
            Ok(reply) if self.mapping.report_batch_item_failures => self.failed_items(&batch, &reply),
            Ok(_) => BTreeSet::new(),
            Err(error) => {
                tracing::warn!(
                    function = self.mapping.function,
                    queue = self.queue,
                    messages = batch.messages.len(),
                    %error,
                    "a batch failed"
                );
                all(&batch)
            }
        };
        if let Err(error) = self.settle(&batch, &failed) {
            tracing::error!(queue = self.queue, %error, "a batch could not be settled");
        }
    }

    fn failed_items(&self, batch: &Batch, reply: &[u8]) -> BTreeSet<String> {
        let known = all(batch);
        match item_failures(reply) {
            Some(failures) if failures.iter().all(|failure| known.contains(failure)) => {
                failures.into_iter().collect()
            }
            _ => {
                tracing::warn!(
                    function = self.mapping.function,
                    "the reply names no valid batchItemFailures: the whole batch counts as failed"
                );
                known
            }
        }
    }

    /// Deletes what succeeded and gives the rest back to the queue.
    fn settle(&self, batch: &Batch, failed: &BTreeSet<String>) -> Result<(), SqsError> {
        let succeeded = batch
            .messages
            .iter()
            .filter(|message| !failed.contains(&message.message_id));
        self.queues.delete(
            &self.queue,
            succeeded.map(|message| message.receipt_handle.as_str()),
        )?;
        for message in batch
            .messages
            .iter()
            .filter(|message| failed.contains(&message.message_id))
        {
            self.queues
                .release(&self.queue, &message.receipt_handle, batch.received_at_ms)?;
        }
        Ok(())
    }

    fn record(&self, message: &ReceivedMessage) -> Value {
        let attributes: serde_json::Map<String, Value> = message
            .attributes
            .iter()
            .map(|(name, attribute)| {
                let mut fields = json!({
                    "stringListValues": [],
                    "binaryListValues": [],
                    "dataType": attribute.data_type,
                });
                if let Some(fields) = fields.as_object_mut() {
                    if let Some(text) = &attribute.string_value {
                        fields.insert("stringValue".into(), json!(text));
                    }
                    if let Some(base64) = &attribute.binary_value {
                        fields.insert("binaryValue".into(), json!(base64));
                    }
                }
                (name.clone(), fields)
            })
            .collect();
        json!({
            "messageId": message.message_id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": message.system_attributes(),
            "messageAttributes": attributes,
            "md5OfBody": body_md5(&message.body),
            "eventSource": "aws:sqs",
            "eventSourceARN": self.queues.config(&self.queue).map(|queue| queue.arn.as_str()).unwrap_or_default(),
            "awsRegion": self.region,
        })
    }
}

fn all(batch: &Batch) -> BTreeSet<String> {
    batch
        .messages
        .iter()
        .map(|message| message.message_id.clone())
        .collect()
}

#[cfg(test)]
mod tests;
