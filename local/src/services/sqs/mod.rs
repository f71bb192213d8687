//! SQS: standard and FIFO queues that outlive the process.
//!
//! Visibility and delay follow the system's clock. A message is acknowledged
//! once its transaction is committed, so nothing sent is lost when the process
//! is killed; what was in flight then becomes visible again.

mod message;
pub mod poller;
mod protocol;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use rusqlite::Transaction;
use sha2::{Digest as _, Sha256};
use tokio::sync::Notify;
use tokio::time::Instant;

pub use self::message::{MessageAttribute, MessageAttributes, NewMessage, ReceivedMessage, SentMessage};
pub use self::table::QueueDepth;
use super::identifiers::last_segment;
use super::store::{Store, StoreError};
use crate::clock::LocalClock;
use crate::template::Queue as Declared;

/// How often a queue that is being received from drops what is past its retention.
const RETENTION_SWEEP_MS: i64 = 60_000;

/// Why SQS refused.
#[derive(Debug, thiserror::Error)]
pub enum SqsError {
    /// No queue of that name.
    #[error("The specified queue does not exist.")]
    QueueDoesNotExist,
    /// A parameter that must be there is not.
    #[error("The request must contain the parameter {0}.")]
    MissingParameter(&'static str),
    /// A parameter has a value the queue does not take.
    #[error("{0}")]
    InvalidParameterValue(String),
    /// Characters outside of what SQS carries.
    #[error("Invalid characters found in the message body.")]
    InvalidMessageContents,
    /// The handle is not one of this queue's.
    #[error("The input receipt handle \"{0}\" is not a valid receipt handle.")]
    ReceiptHandleInvalid(String),
    /// The message has become visible again since.
    #[error("The receipt handle has expired.")]
    ReceiptHandleExpired,
    /// The message is not in flight.
    #[error("The specified message isn't in flight.")]
    MessageNotInflight,
    /// A batch without entries.
    #[error("There should be at least one entry in the request.")]
    EmptyBatchRequest,
    /// A batch of more than ten.
    #[error("Maximum number of entries per request are 10. You have sent {0}.")]
    TooManyEntriesInBatchRequest(usize),
    /// Two entries with one id.
    #[error("Id {0} repeated.")]
    BatchEntryIdsNotDistinct(String),
    /// The entries of a batch are too large together.
    #[error("Batch requests cannot be longer than {0} bytes.")]
    BatchRequestTooLong(usize),
    /// The named dead letter queue is missing or of the other kind.
    #[error(
        "queue {queue}: the dead letter queue {dead_letter_queue} does not exist or is of the other kind"
    )]
    DeadLetterQueue {
        /// The queue with the redrive policy.
        queue: String,
        /// The queue it names.
        dead_letter_queue: String,
    },
    /// The data could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for SqsError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// How long a received message stays hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// The queue's own timeout.
    Default,
    /// This many seconds.
    Seconds(u32),
    /// Until the receiver deletes or releases it. Only for receivers in this
    /// process: AWS demands that a queue's visibility timeout exceed the
    /// timeout of the function that reads it, so there too it cannot end first.
    Leased,
}

/// All queues of the system; clones share them.
#[derive(Clone)]
pub struct Queues {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    clock: LocalClock,
    queues: BTreeMap<String, Queue>,
}

struct Queue {
    config: Declared,
    /// Told when a message may have become receivable.
    arrivals: Notify,
    retention_swept_at: AtomicI64,
}

impl Queues {
    /// Opens the queues; what was in flight when the process died is visible again.
    ///
    /// # Errors
    /// When the store cannot be written or a redrive policy names no fitting queue.
    pub fn open(
        store: Store,
        clock: LocalClock,
        queues: impl IntoIterator<Item = Declared>,
    ) -> Result<Self, SqsError> {
        store.create(table::SCHEMA)?;
        store.write(|transaction| table::release_leases(transaction, clock.now_ms()))?;
        let queues: BTreeMap<String, Queue> = queues
            .into_iter()
            .map(|config| {
                let queue = Queue {
                    arrivals: Notify::new(),
                    retention_swept_at: AtomicI64::new(0),
                    config,
                };
                (queue.config.name.clone(), queue)
            })
            .collect();
        for queue in queues.values() {
            if let Some(redrive) = &queue.config.redrive
                && queues
                    .get(&redrive.dead_letters)
                    .is_none_or(|dead| dead.config.fifo != queue.config.fifo)
            {
                return Err(SqsError::DeadLetterQueue {
                    queue: queue.config.name.clone(),
                    dead_letter_queue: redrive.dead_letters.clone(),
                });
            }
        }
        Ok(Self {
            inner: Arc::new(Inner { store, clock, queues }),
        })
    }

    /// The queue with this name, URL or ARN.
    fn find(&self, queue: &str) -> Result<&Queue, SqsError> {
        self.inner
            .queues
            .get(last_segment(queue))
            .ok_or(SqsError::QueueDoesNotExist)
    }

    /// The configuration of the queue with this name, URL or ARN.
    ///
    /// # Errors
    /// [`SqsError::QueueDoesNotExist`].
    pub fn config(&self, queue: &str) -> Result<&Declared, SqsError> {
        Ok(&self.find(queue)?.config)
    }

    /// Sends a message; once this returns it survives the process.
    ///
    /// # Errors
    /// When the queue does not take the message or the store fails.
    pub fn send(&self, queue: &str, message: &NewMessage) -> Result<SentMessage, SqsError> {
        let sent = self
            .inner
            .store
            .write(|transaction| self.enqueue(transaction, queue, message))?;
        self.wake(queue);
        Ok(sent)
    }

    /// Sends a message as part of a larger transaction. After the commit the
    /// caller must [`wake`](Self::wake) the queue.
    pub(crate) fn enqueue(
        &self,
        transaction: &Transaction<'_>,
        queue: &str,
        message: &NewMessage,
    ) -> Result<SentMessage, SqsError> {
        let config = &self.find(queue)?.config;
        let deduplication_id = accept(config, message)?;
        table::insert(
            transaction,
            config,
            message,
            deduplication_id.as_deref(),
            self.inner.clock.now_ms(),
        )
    }

    /// Tells those who wait for this queue to look again.
    pub(crate) fn wake(&self, queue: &str) {
        if let Ok(queue) = self.find(queue) {
            queue.arrivals.notify_waiters();
        }
    }

    /// Takes up to `limit` messages, waiting up to `wait` for the first.
    ///
    /// # Errors
    /// When there is no such queue or the store fails.
    pub async fn receive(
        &self,
        queue: &str,
        limit: usize,
        wait: Duration,
        visibility: Visibility,
    ) -> Result<Vec<ReceivedMessage>, SqsError> {
        let deadline = Instant::now() + wait;
        let queue = self.find(queue)?;
        let clock = &self.inner.clock;
        loop {
            // Registered before looking, so that a send in between is not missed.
            let arrival = queue.arrivals.notified();
            tokio::pin!(arrival);
            arrival.as_mut().enable();

            let received = self.receive_now(queue, limit, visibility)?;
            if !received.is_empty() || Instant::now() >= deadline {
                return Ok(received);
            }
            let now = clock.now_ms();
            let next = self
                .inner
                .store
                .with(|connection| table::next_visible_at(connection, &queue.config.name, now))?;
            tokio::select! {
                () = arrival => {}
                () = clock.sleep_until(next.unwrap_or(i64::MAX)), if next.is_some() => {}
                () = tokio::time::sleep_until(deadline) => {}
            }
        }
    }

    fn receive_now(
        &self,
        queue: &Queue,
        limit: usize,
        visibility: Visibility,
    ) -> Result<Vec<ReceivedMessage>, SqsError> {
        let config = &queue.config;
        let now = self.inner.clock.now_ms();
        let hidden_until = match visibility {
            Visibility::Default => now + millis(config.visibility_timeout),
            Visibility::Seconds(seconds) => now + i64::from(seconds) * 1000,
            Visibility::Leased => table::LEASED,
        };
        let sweep = now - queue.retention_swept_at.load(Ordering::Relaxed) >= RETENTION_SWEEP_MS;
        let (received, buried) = self.inner.store.write(|transaction| {
            if sweep {
                table::expire(transaction, config, now)?;
            }
            table::receive(transaction, config, limit, hidden_until, now)
        })?;
        if sweep {
            queue.retention_swept_at.store(now, Ordering::Relaxed);
        }
        if buried && let Some(redrive) = &config.redrive {
            self.wake(&redrive.dead_letters);
        }
        Ok(received)
    }

    /// Deletes the messages that these receipts name, all or none.
    ///
    /// # Errors
    /// When a handle is not one of this queue's, or has expired on a FIFO queue.
    pub fn delete<'h>(
        &self,
        queue: &str,
        receipt_handles: impl IntoIterator<Item = &'h str>,
    ) -> Result<(), SqsError> {
        let queue = self.find(queue)?;
        let now = self.inner.clock.now_ms();
        self.inner.store.write(|transaction| {
            for handle in receipt_handles {
                let receipt = table::Receipt::parse(&queue.config, handle)?;
                table::delete(transaction, &queue.config, receipt, now)?;
            }
            Ok::<_, SqsError>(())
        })?;
        if queue.config.fifo {
            // The rest of the group may go on.
            queue.arrivals.notify_waiters();
        }
        Ok(())
    }

    /// Hides an in-flight message until this many seconds from now.
    ///
    /// # Errors
    /// When the handle is not one of this queue's or the message is not in flight.
    pub fn change_visibility(&self, queue: &str, receipt_handle: &str, seconds: u32) -> Result<(), SqsError> {
        let visible_at = self.inner.clock.now_ms() + i64::from(seconds) * 1000;
        self.set_visible_at(queue, receipt_handle, visible_at)
    }

    /// Ends a lease that was taken at `received_at_ms` without deleting the
    /// message: it is visible again when the queue's timeout since then is over.
    pub(crate) fn release(
        &self,
        queue: &str,
        receipt_handle: &str,
        received_at_ms: i64,
    ) -> Result<(), SqsError> {
        let timeout_ms = millis(self.find(queue)?.config.visibility_timeout);
        self.set_visible_at(queue, receipt_handle, received_at_ms + timeout_ms)
    }

    fn set_visible_at(&self, queue: &str, receipt_handle: &str, visible_at: i64) -> Result<(), SqsError> {
        let queue = self.find(queue)?;
        let receipt = table::Receipt::parse(&queue.config, receipt_handle)?;
        let now = self.inner.clock.now_ms();
        self.inner
            .store
            .write(|transaction| table::set_visible_at(transaction, receipt, visible_at, now))?;
        // Receivers that wait have another time to wait for.
        queue.arrivals.notify_waiters();
        Ok(())
    }

    /// Deletes every message.
    ///
    /// # Errors
    /// When there is no such queue or the store fails.
    pub fn purge(&self, queue: &str) -> Result<(), SqsError> {
        let queue = self.find(queue)?;
        self.inner
            .store
            .write(|transaction| table::purge(transaction, &queue.config.name))
    }

    /// Counts the queue's messages.
    ///
    /// # Errors
    /// When there is no such queue or the store fails.
    pub fn depth(&self, queue: &str) -> Result<QueueDepth, SqsError> {
        let queue = self.find(queue)?;
        let now = self.inner.clock.now_ms();
        Ok(self
            .inner
            .store
            .with(|connection| table::depth(connection, &queue.config.name, now))?)
    }

    /// Moves the visible messages of a dead letter queue to `destination`, or
    /// each back to where it came from; returns how many.
    ///
    /// # Errors
    /// When a queue does not exist, `source` is no queue's dead letter queue, or
    /// the store fails.
    pub fn redrive(&self, source: &str, destination: Option<&str>) -> Result<usize, SqsError> {
        let source = self.find(source)?;
        let destination = destination.map(|queue| self.find(queue)).transpose()?;
        let feeds = |queue: &Queue| {
            queue
                .config
                .redrive
                .as_ref()
                .is_some_and(|policy| policy.dead_letters == source.config.name)
        };
        if !self.inner.queues.values().any(feeds) {
            return Err(SqsError::InvalidParameterValue(
                "Source queue must be configured as a Dead Letter Queue.".into(),
            ));
        }
        let now = self.inner.clock.now_ms();
        let destination = destination.map(|queue| queue.config.name.as_str());
        let (queues, moved) = self
            .inner
            .store
            .write(|transaction| table::move_all(transaction, &source.config, destination, now))?;
        for queue in queues {
            self.wake(&queue);
        }
        Ok(moved)
    }
}

/// Checks a message against its queue; returns the deduplication id it gets.
fn accept(config: &Declared, message: &NewMessage) -> Result<Option<String>, SqsError> {
    if message.body.is_empty() {
        return Err(SqsError::MissingParameter("MessageBody"));
    }
    if !message.body.chars().all(carried) {
        return Err(SqsError::InvalidMessageContents);
    }
    if message.size() > config.maximum_message_bytes {
        return Err(SqsError::InvalidParameterValue(format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {} bytes.",
            config.maximum_message_bytes
        )));
    }
    if message.delay_s.is_some_and(|delay| delay > 900) {
        return Err(SqsError::InvalidParameterValue(
            "Value for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900."
                .into(),
        ));
    }
    if !config.fifo {
        if message.deduplication_id.is_some() {
            return Err(SqsError::InvalidParameterValue(
                "The request includes a parameter that is not valid for this queue type: MessageDeduplicationId."
                    .into(),
            ));
        }
        return Ok(None);
    }
    if message.group_id.as_deref().unwrap_or_default().is_empty() {
        return Err(SqsError::MissingParameter("MessageGroupId"));
    }
    if message.delay_s.is_some_and(|delay| delay > 0) {
        return Err(SqsError::InvalidParameterValue(
            "Value for parameter DelaySeconds is invalid. Reason: The request include parameter that is not \
             valid for this queue type."
                .into(),
        ));
    }
    match &message.deduplication_id {
        Some(id) => Ok(Some(id.clone())),
        None if config.content_based_deduplication => Ok(Some(hex::encode(Sha256::digest(&message.body)))),
        None => Err(SqsError::InvalidParameterValue(
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId \
             provided explicitly"
                .into(),
        )),
    }
}

/// A span as the milliseconds that rows are stamped with.
fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// The characters of XML 1.0, which are those that SQS carries.
fn carried(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests;
