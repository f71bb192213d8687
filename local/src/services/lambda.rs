//! Lambda's asynchronous invocations: accepted into a durable queue, tried again
//! when the function fails, and sent to a destination when it keeps failing.
//!
//! The bus, the scheduler, IoT rules and `InvocationType: Event` all end here.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::{Transaction, params};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::{Id, JoinSet};

use super::identifiers::{Account, uuid};
use super::sqs::{MessageAttribute, MessageAttributes, NewMessage, Queues, SqsError};
use super::store::{Store, StoreError};
use crate::clock::LocalClock;
use crate::invoke::{InvocationFailed, Invoker};
use crate::template::{AsynchronousInvocation, Function, Target};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS async_invocations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        request_id TEXT NOT NULL,
        function TEXT NOT NULL,
        payload BLOB NOT NULL,
        failures INTEGER NOT NULL DEFAULT 0,
        accepted_at INTEGER NOT NULL,
        due_at INTEGER NOT NULL
    );
    CREATE INDEX IF NOT EXISTS async_invocations_by_time ON async_invocations (due_at, id);";

/// Invocations that run at once; more would only queue up on one machine.
const CONCURRENCY: usize = 32;

/// Lambda waits one minute before the first retry and two before the second.
const RETRY_DELAYS: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(120)];

/// Why an event was not accepted, or its outcome not kept.
#[derive(Debug, thiserror::Error)]
pub enum LambdaError {
    /// No function of that name.
    #[error("Function not found: {0}")]
    FunctionNotFound(String),
    /// A destination the local system does not deliver to.
    #[error(
        "function {function}: the local system sends failed events to queues and functions, not to {target:?}"
    )]
    Destination {
        /// The function.
        function: String,
        /// What its template names.
        target: Target,
    },
    /// The event could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The destination queue did not take the record.
    #[error(transparent)]
    Queue(#[from] SqsError),
}

impl From<rusqlite::Error> for LambdaError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// The asynchronous side of every function; clones share it.
#[derive(Clone)]
pub struct AsyncInvocations {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    clock: LocalClock,
    queues: Queues,
    account: Account,
    functions: BTreeMap<String, Function>,
    accepted: Notify,
}

/// A row: an event and how it has fared.
struct Pending {
    id: i64,
    request_id: String,
    function: String,
    payload: Bytes,
    failures: u32,
    accepted_at: i64,
}

impl AsyncInvocations {
    /// Opens the queue of accepted events; those of an earlier run are still in it.
    ///
    /// # Errors
    /// When the store cannot be written or a function's destination is not supported.
    pub fn open(
        store: Store,
        clock: LocalClock,
        queues: Queues,
        account: Account,
        functions: &[Function],
    ) -> Result<Self, LambdaError> {
        store.create(SCHEMA)?;
        for function in functions {
            let AsynchronousInvocation {
                on_failure,
                dead_letters,
                ..
            } = &function.asynchronous;
            for target in on_failure.iter().chain(dead_letters) {
                if matches!(target, Target::EventBus(_)) {
                    return Err(LambdaError::Destination {
                        function: function.name.clone(),
                        target: target.clone(),
                    });
                }
            }
        }
        let functions = functions
            .iter()
            .map(|function| (function.name.clone(), function.clone()))
            .collect();
        let accepted = Notify::new();
        Ok(Self {
            inner: Arc::new(Inner {
                store,
                clock,
                queues,
                account,
                functions,
                accepted,
            }),
        })
    }

    /// Accepts an event; once this returns it survives the process. Returns the
    /// id of the request.
    ///
    /// # Errors
    /// When there is no such function or the store fails.
    pub fn invoke(&self, function: &str, payload: &[u8]) -> Result<String, LambdaError> {
        let id = self
            .inner
            .store
            .write(|transaction| self.enqueue(transaction, function, payload))?;
        self.wake();
        Ok(id)
    }

    /// Accepts an event as part of a larger transaction. After the commit the
    /// caller must [`wake`](Self::wake) the worker.
    pub(crate) fn enqueue(
        &self,
        transaction: &Transaction<'_>,
        function: &str,
        payload: &[u8],
    ) -> Result<String, LambdaError> {
        if !self.inner.functions.contains_key(function) {
            return Err(LambdaError::FunctionNotFound(function.to_owned()));
        }
        let request_id = uuid();
        let now = self.inner.clock.now_ms();
        transaction
            .prepare_cached(
                "INSERT INTO async_invocations (request_id, function, payload, accepted_at, due_at)
                 VALUES (?1, ?2, ?3, ?4, ?4)",
            )?
            .execute(params![request_id, function, payload, now])?;
        Ok(request_id)
    }

    /// Tells the worker that there may be something to run.
    pub(crate) fn wake(&self) {
        self.inner.accepted.notify_one();
    }

    /// How many accepted events are not done with: neither succeeded nor given up on.
    ///
    /// # Errors
    /// When the store fails.
    pub fn pending(&self) -> Result<u64, LambdaError> {
        let count = "SELECT COUNT(*) FROM async_invocations";
        let counted = |connection: &rusqlite::Connection| connection.query_row(count, [], |row| row.get(0));
        Ok(self.inner.store.with(counted)?)
    }

    /// Sends a record to a destination as part of a larger transaction.
    pub(crate) fn deliver(
        &self,
        transaction: &Transaction<'_>,
        target: &Target,
        message: &NewMessage,
    ) -> Result<(), LambdaError> {
        match target {
            Target::Queue(queue) => {
                self.inner.queues.enqueue(transaction, queue, message)?;
            }
            Target::Function(function) => {
                self.enqueue(transaction, function, message.body.as_bytes())?;
            }
            Target::EventBus(bus) => {
                return Err(LambdaError::Destination {
                    function: bus.clone(),
                    target: target.clone(),
                });
            }
        }
        Ok(())
    }

    /// Wakes whoever works on what [`deliver`](Self::deliver) sent.
    pub(crate) fn wake_target(&self, target: &Target) {
        match target {
            Target::Queue(queue) => self.inner.queues.wake(queue),
            Target::Function(_) => self.wake(),
            Target::EventBus(_) => {}
        }
    }

    /// The ARN of a function.
    pub(crate) fn function_arn(&self, function: &str) -> String {
        self.inner
            .account
            .arn("lambda", format_args!("function:{function}"))
    }

    /// The ARN of a target.
    pub(crate) fn target_arn(&self, target: &Target) -> String {
        match target {
            Target::Function(name) => self.function_arn(name),
            Target::Queue(name) => self.inner.account.arn("sqs", name),
            Target::EventBus(name) => self.inner.account.arn("events", format_args!("event-bus/{name}")),
        }
    }

    /// Runs what is due until the task is dropped; what runs then is run again
    /// at the next start.
    pub async fn run(self, invoker: Arc<dyn Invoker>) {
        let mut running = JoinSet::new();
        let mut ids: HashMap<Id, i64> = HashMap::new();
        loop {
            let held: BTreeSet<i64> = ids.values().copied().collect();
            let next_due = match self.due(&held, CONCURRENCY.saturating_sub(running.len())) {
                Ok((due, next_due)) => {
                    for pending in due {
                        let (id, worker, invoker) = (pending.id, self.clone(), Arc::clone(&invoker));
                        let task = running.spawn(async move { worker.attempt(&*invoker, pending).await });
                        ids.insert(task.id(), id);
                    }
                    next_due
                }
                Err(error) => {
                    tracing::error!(%error, "asynchronous invocations could not be read");
                    Some(self.inner.clock.now_ms() + 1_000)
                }
            };
            let full = running.len() >= CONCURRENCY;
            tokio::select! {
                () = self.inner.accepted.notified(), if !full => {}
                () = self.inner.clock.sleep_until(next_due.unwrap_or(i64::MAX)), if !full && next_due.is_some() => {}
                Some(finished) = running.join_next_with_id() => match finished {
                    Ok((task, ())) => { ids.remove(&task); }
                    // Kept among the running ones, so that it is not run again and again.
                    Err(error) => tracing::error!(%error, "an asynchronous invocation broke off"),
                },
            }
        }
    }

    /// Up to `limit` events that are due and not `held`, and when the next one will be.
    fn due(&self, held: &BTreeSet<i64>, limit: usize) -> Result<(Vec<Pending>, Option<i64>), LambdaError> {
        let now = self.inner.clock.now_ms();
        let fetched = i64::try_from(limit + held.len()).unwrap_or(i64::MAX);
        let (mut due, next) = self.inner.store.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, request_id, function, payload, failures, accepted_at FROM async_invocations
                 WHERE due_at <= ?1 ORDER BY due_at, id LIMIT ?2",
            )?;
            let due: Vec<Pending> = statement
                .query_map([now, fetched], |row| {
                    Ok(Pending {
                        id: row.get(0)?,
                        request_id: row.get(1)?,
                        function: row.get(2)?,
                        payload: row.get::<_, Vec<u8>>(3)?.into(),
                        failures: row.get(4)?,
                        accepted_at: row.get(5)?,
                    })
                })?
                .collect::<rusqlite::Result<_>>()?;
            let next: Option<i64> = connection
                .prepare_cached("SELECT MIN(due_at) FROM async_invocations WHERE due_at > ?1")?
                .query_row([now], |row| row.get(0))?;
            Ok((due, next))
        })?;
        due.retain(|pending| !held.contains(&pending.id));
        due.truncate(limit);
        Ok((due, next))
    }

    async fn attempt(&self, invoker: &dyn Invoker, pending: Pending) {
        let outcome = invoker.invoke(&pending.function, pending.payload.clone()).await;
        let kept = match &outcome {
            Ok(_) => self.forget(&pending),
            Err(failure) => self.failed(&pending, failure),
        };
        if let Err(error) = kept {
            tracing::error!(function = pending.function, %error, "the outcome of an invocation was not kept");
        }
    }

    fn forget(&self, pending: &Pending) -> Result<(), LambdaError> {
        self.inner
            .store
            .write(|transaction| delete(transaction, pending.id))
    }

    fn failed(&self, pending: &Pending, failure: &InvocationFailed) -> Result<(), LambdaError> {
        let declared = self.inner.functions.get(&pending.function);
        // One the template no longer has is treated as Lambda treats any by default.
        let settings = declared
            .map(|function| function.asynchronous.clone())
            .unwrap_or_default();
        let now = self.inner.clock.now_ms();
        let retry = usize::try_from(pending.failures).unwrap_or(usize::MAX);
        let delay = RETRY_DELAYS
            .get(retry)
            .or(RETRY_DELAYS.last())
            .copied()
            .unwrap_or_default();
        let due_at = now + millis(delay);
        let condition = if pending.failures >= settings.maximum_retry_attempts {
            "RetriesExhausted"
        } else if due_at - pending.accepted_at > millis(settings.maximum_event_age) {
            "EventAgeExceeded"
        } else {
            tracing::warn!(function = pending.function, %failure, ?delay, "an invocation failed and is tried again");
            return self.inner.store.write(|transaction| {
                transaction
                    .prepare_cached(
                        "UPDATE async_invocations SET failures = failures + 1, due_at = ?2 WHERE id = ?1",
                    )?
                    .execute([pending.id, due_at])?;
                Ok(())
            });
        };
        tracing::error!(function = pending.function, condition, %failure, "an invocation was given up");
        let record = settings
            .on_failure
            .as_ref()
            .map(|target| (target, self.record(pending, failure, condition)));
        let letter = settings
            .dead_letters
            .as_ref()
            .map(|target| (target, dead_letter(pending, failure)));
        let deliveries: Vec<_> = record.into_iter().chain(letter).collect();
        self.inner.store.write(|transaction| {
            for (target, message) in &deliveries {
                self.deliver(transaction, target, message)?;
            }
            delete(transaction, pending.id)
        })?;
        for (target, _) in deliveries {
            self.wake_target(target);
        }
        Ok(())
    }

    /// The record that Lambda sends to an on-failure destination.
    fn record(&self, pending: &Pending, failure: &InvocationFailed, condition: &str) -> NewMessage {
        let payload: Value = serde_json::from_slice(&pending.payload).unwrap_or_default();
        let response: Value = serde_json::from_slice(&failure.to_json()).unwrap_or_default();
        let record = json!({
            "version": "1.0",
            "timestamp": timestamp(self.inner.clock.now_ms()),
            "requestContext": {
                "requestId": pending.request_id,
                "functionArn": format!("{}:$LATEST", self.function_arn(&pending.function)),
                "condition": condition,
                "approximateInvokeCount": pending.failures + 1,
            },
            "requestPayload": payload,
            "responseContext": { "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled" },
            "responsePayload": response,
        });
        NewMessage::body(record.to_string())
    }
}

/// The event as a function's `DeadLetterQueue` gets it.
fn dead_letter(pending: &Pending, failure: &InvocationFailed) -> NewMessage {
    let attribute = |kind: &str, value: &str| MessageAttribute {
        data_type: kind.to_owned(),
        string_value: Some(value.to_owned()),
        binary_value: None,
    };
    NewMessage {
        attributes: MessageAttributes::from([
            ("RequestID".to_owned(), attribute("String", &pending.request_id)),
            ("ErrorCode".to_owned(), attribute("Number", "200")),
            ("ErrorMessage".to_owned(), attribute("String", &failure.message)),
        ]),
        ..NewMessage::body(String::from_utf8_lossy(&pending.payload))
    }
}

fn delete(transaction: &Transaction<'_>, id: i64) -> Result<(), LambdaError> {
    transaction
        .prepare_cached("DELETE FROM async_invocations WHERE id = ?1")?
        .execute([id])?;
    Ok(())
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// A time as AWS writes it in records, with milliseconds.
pub(crate) fn timestamp(at_ms: i64) -> String {
    format!("{:.3}", Timestamp::from_millisecond(at_ms).unwrap_or_default())
}

#[cfg(test)]
mod tests;
