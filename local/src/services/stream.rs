//! From a table's stream to a function: the event source mapping of DynamoDB.
//!
//! A mapping's position in the stream is kept only after its function has
//! succeeded with everything before it, so a killed process delivers the last
//! batch again. The stream has one shard and so one batch is in flight at a
//! time: changes reach the function in the order they were made.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use dynoxide::DynoxideError;
use dynoxide::actions::get_records::Record;
use rusqlite::{OptionalExtension as _, Transaction, params};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::batch::item_failures;
use super::dynamodb::DynamoDb;
use super::identifiers::{Account, uuid};
use super::lambda::{AsyncInvocations, LambdaError, timestamp};
use super::pattern::{EventPattern, PatternError};
use super::sqs::NewMessage;
use super::store::{Store, StoreError};
use crate::clock::LocalClock;
use crate::invoke::{InvocationFailed, Invoker};
use crate::template::{EventSource, EventSourceMapping, Target};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS stream_positions (
        mapping TEXT PRIMARY KEY,
        table_name TEXT NOT NULL,
        position INTEGER NOT NULL
    );";

/// Records read at once.
const PAGE: usize = 100;

/// Records that may be passed over, or handled, before the position is kept and
/// what is behind it is deleted.
const KEEP_EVERY: usize = 500;

/// The first pause after a failure; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Sequence numbers are written with 21 digits: this and the stored number.
const SEQUENCE_NUMBER_OFFSET: u128 = 100_000_000_000_000_000_000;

/// Why a stream cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// A filter cannot be used.
    #[error("event source mapping {mapping}: {source}")]
    Filter {
        /// The mapping's logical id.
        mapping: String,
        /// What is wrong with it.
        source: PatternError,
    },
    /// The positions could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The engine failed.
    #[error("DynamoDB engine: {0}")]
    Engine(#[from] DynoxideError),
    /// What was given up could not be sent to its destination.
    #[error(transparent)]
    Destination(#[from] LambdaError),
}

impl From<rusqlite::Error> for StreamError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Reads one table's stream for one function.
pub struct StreamPoller {
    table: String,
    mapping: EventSourceMapping,
    filter: Option<EventPattern>,
    stream_arn: String,
    region: String,
    database: DynamoDb,
    store: Store,
    invocations: AsyncInvocations,
    invoker: Arc<dyn Invoker>,
    clock: LocalClock,
    /// Everything up to here is done with.
    position: i64,
    /// Records since the position was last kept.
    unkept: usize,
}

/// The parts of the system a poller works with.
#[derive(Clone)]
pub struct StreamParts {
    /// Whose stream is read.
    pub database: DynamoDb,
    /// Keeps the positions.
    pub store: Store,
    /// Takes the records of batches that were given up.
    pub invocations: AsyncInvocations,
    /// Runs the functions.
    pub invoker: Arc<dyn Invoker>,
    /// Times pauses and windows.
    pub clock: LocalClock,
    /// Names the stream.
    pub account: Account,
}

/// A record that passed the filter.
#[derive(Clone)]
struct StreamRecord {
    position: i64,
    sequence_number: String,
    created_at_ms: i64,
    value: Value,
}

/// Records to hand over together, and how often that has failed.
struct Batch {
    records: Vec<StreamRecord>,
    failures: u32,
}

impl StreamPoller {
    /// A poller for each enabled mapping on a table's stream. Positions of
    /// mappings that the template no longer has are forgotten.
    ///
    /// # Errors
    /// When a filter cannot be used or the store fails.
    pub fn for_mappings(
        mappings: &[EventSourceMapping],
        parts: &StreamParts,
    ) -> Result<Vec<Self>, StreamError> {
        parts.store.create(SCHEMA)?;
        let on_streams: Vec<(&EventSourceMapping, &String, bool)> = mappings
            .iter()
            .filter_map(|mapping| match &mapping.source {
                EventSource::TableStream { table, from_oldest } => Some((mapping, table, *from_oldest)),
                EventSource::Queue(_) => None,
            })
            .collect();
        let known: Vec<&str> = on_streams
            .iter()
            .map(|(mapping, ..)| mapping.logical_id.as_str())
            .collect();
        let known = serde_json::to_string(&known).unwrap_or_default();
        parts.store.with(|connection| {
            connection.execute(
                "DELETE FROM stream_positions WHERE mapping NOT IN (SELECT value FROM json_each(?1))",
                [known],
            )
        })?;
        on_streams
            .into_iter()
            .filter(|(mapping, ..)| mapping.enabled)
            .map(|(mapping, table, from_oldest)| Self::new(mapping, table, from_oldest, parts.clone()))
            .collect()
    }

    fn new(
        mapping: &EventSourceMapping,
        table: &str,
        from_oldest: bool,
        parts: StreamParts,
    ) -> Result<Self, StreamError> {
        let filter =
            EventPattern::compile_filters(&mapping.filters).map_err(|source| StreamError::Filter {
                mapping: mapping.logical_id.clone(),
                source,
            })?;
        let kept: Option<i64> = parts.store.with(|connection| {
            connection
                .query_row(
                    "SELECT position FROM stream_positions WHERE mapping = ?1",
                    [&mapping.logical_id],
                    |row| row.get(0),
                )
                .optional()
        })?;
        let position = match kept {
            Some(position) => position,
            None if from_oldest => 0,
            None => parts.database.stream_end(table)?,
        };
        let poller = Self {
            table: table.to_owned(),
            mapping: mapping.clone(),
            filter,
            stream_arn: parts
                .account
                .arn("dynamodb", format_args!("table/{table}/stream/local")),
            region: parts.account.region,
            database: parts.database,
            store: parts.store,
            invocations: parts.invocations,
            invoker: parts.invoker,
            clock: parts.clock,
            position,
            unkept: 0,
        };
        // Where a new mapping starts is decided once, not at every start.
        poller
            .store
            .write(|transaction| poller.keep(transaction, position))?;
        Ok(poller)
    }

    /// Polls until the task is dropped.
    pub async fn run(mut self) {
        let mut writes = self.database.watch_writes();
        loop {
            let outcome = match self.gather(&mut writes).await {
                Ok(records) => self.hand_over(records).await,
                Err(error) => Err(error),
            };
            if let Err(error) = outcome {
                tracing::error!(table = self.table, function = self.mapping.function, %error, "the stream could not be read");
                tokio::time::sleep(LONGEST_PAUSE / 60).await;
            }
        }
    }

    /// Waits for records that pass the filter, until the batch is full or its
    /// window has passed.
    async fn gather(&mut self, writes: &mut watch::Receiver<u64>) -> Result<Vec<StreamRecord>, StreamError> {
        let limit = usize::try_from(self.mapping.batch_size).unwrap_or(1).max(1);
        let mut records: Vec<StreamRecord> = Vec::new();
        let mut read_through = self.position;
        let mut closes_at = i64::MAX;
        loop {
            writes.borrow_and_update();
            let page = self.database.stream_records(&self.table, read_through, PAGE)?;
            let exhausted = page.len() < PAGE;
            let mut passed_over = 0;
            for record in page {
                if records.len() >= limit {
                    break;
                }
                let record = self.read(record);
                read_through = record.0;
                passed_over += 1;
                records.extend(record.1);
            }
            if records.is_empty() {
                // Passed over: there is nothing to deliver again after a restart.
                self.advance(read_through, passed_over)?;
            } else if closes_at == i64::MAX {
                closes_at = self
                    .clock
                    .now_ms()
                    .saturating_add(millis(self.mapping.maximum_batching_window));
            }
            if records.len() >= limit || self.clock.now_ms() >= closes_at {
                return Ok(records);
            }
            if exhausted {
                tokio::select! {
                    _ = writes.changed() => {}
                    () = self.clock.sleep_until(closes_at), if closes_at != i64::MAX => {}
                }
            }
        }
    }

    /// The position of a record, and its event when it passes the filter.
    fn read(&self, record: Record) -> (i64, Option<StreamRecord>) {
        let position = position(&record.dynamodb.sequence_number);
        let text = serde_json::to_vec(&record).unwrap_or_default();
        if self.filter.as_ref().is_some_and(|filter| !filter.matches(&text)) {
            return (position, None);
        }
        let mut value: Value = serde_json::from_slice(&text).unwrap_or_default();
        if let Some(fields) = value.as_object_mut() {
            fields.insert("awsRegion".into(), json!(self.region));
            fields.insert("eventSourceARN".into(), json!(self.stream_arn));
        }
        let created_at = Duration::try_from_secs_f64(record.dynamodb.approximate_creation_date_time);
        let event = StreamRecord {
            position,
            sequence_number: record.dynamodb.sequence_number,
            created_at_ms: millis(created_at.unwrap_or_default()),
            value,
        };
        (position, Some(event))
    }

    /// Hands records to the function until it has taken them all, or they were
    /// given up.
    async fn hand_over(&mut self, records: Vec<StreamRecord>) -> Result<(), StreamError> {
        // The last is the next to go.
        let mut batches = vec![Batch { records, failures: 0 }];
        while let Some(mut batch) = batches.pop() {
            if self.too_old(&batch) {
                self.give_up(&batch, "RecordAgeExceeded")?;
                continue;
            }
            let Err(failed_from) = self.invoke(&batch).await else {
                self.done(&batch.records)?;
                continue;
            };
            let rest = batch.records.split_off(failed_from);
            if !batch.records.is_empty() {
                // What came before the first failed record is done.
                self.done(&batch.records)?;
                batch.failures = 0;
            }
            batch.records = rest;
            if self.mapping.bisect_batch_on_function_error && batch.records.len() > 1 {
                // Halving is no attempt by Lambda's count.
                let second = batch.records.split_off(batch.records.len() / 2);
                batches.push(Batch {
                    records: second,
                    failures: batch.failures,
                });
                batches.push(batch);
                continue;
            }
            batch.failures = batch.failures.saturating_add(1);
            if self
                .mapping
                .maximum_retry_attempts
                .is_some_and(|retries| batch.failures > retries)
            {
                self.give_up(&batch, "RetryAttemptsExhausted")?;
                continue;
            }
            let doubled = FIRST_PAUSE.saturating_mul(1 << batch.failures.saturating_sub(1).min(16));
            self.clock.sleep(doubled.min(LONGEST_PAUSE)).await;
            batches.push(batch);
        }
        Ok(())
    }

    /// Invokes the function; the error is the index of the first record that failed.
    async fn invoke(&self, batch: &Batch) -> Result<(), usize> {
        let records: Vec<&Value> = batch.records.iter().map(|record| &record.value).collect();
        let event = Bytes::from(json!({ "Records": records }).to_string());
        let function = &self.mapping.function;
        let reply = self.invoker.invoke(function, event).await.map_err(|error: InvocationFailed| {
            tracing::warn!(function, table = self.table, records = batch.records.len(), %error, "a batch failed");
            0_usize
        })?;
        if !self.mapping.report_batch_item_failures {
            return Ok(());
        }
        let index = |failure: &String| {
            batch
                .records
                .iter()
                .position(|record| record.sequence_number == *failure)
        };
        match item_failures(&reply) {
            Some(failures) if failures.is_empty() => Ok(()),
            // A number that is none of the batch counts as the first.
            Some(failures) => Err(failures
                .iter()
                .map(|failure| index(failure).unwrap_or(0))
                .min()
                .unwrap_or(0)),
            None => Err(0),
        }
    }

    fn too_old(&self, batch: &Batch) -> bool {
        let Some(limit) = self.mapping.maximum_record_age else {
            return false;
        };
        let now = self.database.stream_now_ms();
        batch
            .records
            .first()
            .is_some_and(|record| now - record.created_at_ms > millis(limit))
    }

    /// Sends word of the batch to the on-failure destination and goes on.
    fn give_up(&mut self, batch: &Batch, condition: &str) -> Result<(), StreamError> {
        let (Some(first), Some(last)) = (batch.records.first(), batch.records.last()) else {
            return Ok(());
        };
        tracing::error!(
            function = self.mapping.function,
            table = self.table,
            records = batch.records.len(),
            condition,
            "a batch was given up"
        );
        let record = json!({
            "requestContext": {
                "requestId": uuid(),
                "functionArn": self.invocations.function_arn(&self.mapping.function),
                "condition": condition,
                "approximateInvokeCount": batch.failures,
            },
            "responseContext": { "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled" },
            "version": "1.0",
            "timestamp": timestamp(self.clock.now_ms()),
            "DDBStreamBatchInfo": {
                "shardId": dynoxide::streams::shard_id(&self.table),
                "startSequenceNumber": first.sequence_number,
                "endSequenceNumber": last.sequence_number,
                "approximateArrivalOfFirstRecord": timestamp(first.created_at_ms),
                "approximateArrivalOfLastRecord": timestamp(last.created_at_ms),
                "batchSize": batch.records.len(),
                "streamArn": self.stream_arn,
            },
        });
        self.store.write(|transaction| {
            if let Some(target) = &self.mapping.on_failure {
                self.invocations
                    .deliver(transaction, target, &NewMessage::body(record.to_string()))?;
            }
            self.keep(transaction, last.position)
        })?;
        if let Some(target) = &self.mapping.on_failure {
            self.wake(target);
        }
        self.position = last.position;
        Ok(())
    }

    fn wake(&self, target: &Target) {
        self.invocations.wake_target(target);
    }

    /// Keeps the position behind records that the function has taken.
    fn done(&mut self, records: &[StreamRecord]) -> Result<(), StreamError> {
        let Some(last) = records.last() else { return Ok(()) };
        self.store
            .write(|transaction| self.keep(transaction, last.position))?;
        self.position = last.position;
        self.unkept += records.len();
        self.trim()
    }

    /// Moves on over records that the filter refuses; now and then that is kept.
    fn advance(&mut self, position: i64, records: usize) -> Result<(), StreamError> {
        self.position = position;
        self.unkept += records;
        if self.unkept >= KEEP_EVERY {
            self.store.write(|transaction| self.keep(transaction, position))?;
        }
        self.trim()
    }

    fn keep(&self, transaction: &Transaction<'_>, position: i64) -> Result<(), StreamError> {
        transaction
            .prepare_cached("INSERT OR REPLACE INTO stream_positions VALUES (?1, ?2, ?3)")?
            .execute(params![self.mapping.logical_id, self.table, position])?;
        Ok(())
    }

    /// Deletes the records that every mapping of the table is past.
    fn trim(&mut self) -> Result<(), StreamError> {
        if self.unkept < KEEP_EVERY {
            return Ok(());
        }
        self.unkept = 0;
        let through: Option<i64> = self.store.with(|connection| {
            connection.query_row(
                "SELECT MIN(position) FROM stream_positions WHERE table_name = ?1",
                [&self.table],
                |row| row.get(0),
            )
        })?;
        Ok(self
            .database
            .trim_stream(&self.table, through.unwrap_or_default())?)
    }
}

fn position(sequence_number: &str) -> i64 {
    let number: u128 = sequence_number.parse().unwrap_or_default();
    i64::try_from(number.saturating_sub(SEQUENCE_NUMBER_OFFSET)).unwrap_or_default()
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
