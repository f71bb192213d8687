//! The queue's rows: every statement that SQS needs.
//!
//! A row is visible from `visible_at` on. Receiving moves that time ahead by the
//! visibility timeout; deleting removes the row. All times are milliseconds.

use rusqlite::{OptionalExtension as _, Row, Transaction, named_params, params};

use super::message::{NewMessage, ReceivedMessage, SentMessage};
use super::{SqsError, millis};
use crate::services::identifiers::uuid;
use crate::template::Queue;

pub(super) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS sqs_messages (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        queue TEXT NOT NULL,
        message_id TEXT NOT NULL,
        body TEXT NOT NULL,
        attributes TEXT NOT NULL,
        group_id TEXT,
        deduplication_id TEXT,
        source_arn TEXT,
        sent_at INTEGER NOT NULL,
        visible_at INTEGER NOT NULL,
        receive_count INTEGER NOT NULL DEFAULT 0,
        first_received_at INTEGER,
        receipt TEXT
    );
    CREATE INDEX IF NOT EXISTS sqs_messages_by_visibility ON sqs_messages (queue, visible_at);
    CREATE INDEX IF NOT EXISTS sqs_messages_by_group ON sqs_messages (queue, group_id, visible_at);
    CREATE TABLE IF NOT EXISTS sqs_deduplication (
        queue TEXT NOT NULL,
        deduplication_id TEXT NOT NULL,
        message_id TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        PRIMARY KEY (queue, deduplication_id)
    ) WITHOUT ROWID;";

/// A message leased to a poller of this process: hidden until the poller says
/// what became of it, or until the process starts again.
pub(super) const LEASED: i64 = i64::MAX;

/// How long a FIFO queue remembers a deduplication id.
const DEDUPLICATION_WINDOW_MS: i64 = 5 * 60 * 1000;

/// SQS sequence numbers have 20 digits and start about here.
const SEQUENCE_NUMBER_BASE: u128 = 18_850_000_000_000_000_000;

fn sequence_number(queue: &Queue, sequence: i64) -> Option<String> {
    queue
        .fifo
        .then(|| (SEQUENCE_NUMBER_BASE + u128::from(sequence.unsigned_abs())).to_string())
}

/// Leases of a process that is gone end now.
pub(super) fn release_leases(transaction: &Transaction<'_>, now: i64) -> Result<(), SqsError> {
    transaction.execute(
        "UPDATE sqs_messages SET visible_at = ?1 WHERE visible_at = ?2",
        [now, LEASED],
    )?;
    Ok(())
}

pub(super) fn insert(
    transaction: &Transaction<'_>,
    queue: &Queue,
    message: &NewMessage,
    deduplication_id: Option<&str>,
    now: i64,
) -> Result<SentMessage, SqsError> {
    if let Some(id) = deduplication_id {
        let earlier = transaction
            .prepare_cached(
                "SELECT message_id, sequence FROM sqs_deduplication
                 WHERE queue = ?1 AND deduplication_id = ?2 AND expires_at > ?3",
            )?
            .query_row(params![queue.name, id, now], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        if let Some((message_id, sequence)) = earlier {
            return Ok(SentMessage {
                message_id,
                sequence_number: sequence_number(queue, sequence),
            });
        }
    }
    let message_id = uuid();
    let delay_ms = message
        .delay_s
        .map_or(millis(queue.delay), |seconds| i64::from(seconds) * 1000);
    transaction
        .prepare_cached(
            "INSERT INTO sqs_messages
               (queue, message_id, body, attributes, group_id, deduplication_id, sent_at, visible_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            queue.name,
            message_id,
            message.body,
            serde_json::to_string(&message.attributes).unwrap_or_default(),
            message.group_id,
            deduplication_id,
            now,
            now.saturating_add(delay_ms),
        ])?;
    let sequence = transaction.last_insert_rowid();
    if let Some(id) = deduplication_id {
        transaction
            .prepare_cached("INSERT OR REPLACE INTO sqs_deduplication VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![
                queue.name,
                id,
                message_id,
                sequence,
                now + DEDUPLICATION_WINDOW_MS
            ])?;
    }
    Ok(SentMessage {
        message_id,
        sequence_number: sequence_number(queue, sequence),
    })
}

/// Standard queues give what became visible first. A FIFO queue gives the order
/// of sending, and nothing of a group that has a message in flight or, among the
/// older ones, a hidden one.
const NEXT_STANDARD: &str = "
    SELECT * FROM sqs_messages WHERE queue = :queue AND visible_at <= :now
    ORDER BY visible_at, sequence LIMIT :limit";
const NEXT_FIFO: &str = "
    SELECT * FROM sqs_messages AS m WHERE queue = :queue AND visible_at <= :now
      AND NOT EXISTS (
        SELECT 1 FROM sqs_messages AS held
        WHERE held.queue = m.queue AND held.group_id = m.group_id AND held.visible_at > :now
          AND (held.receive_count > 0 OR held.sequence < m.sequence))
    ORDER BY sequence LIMIT :limit";

/// Takes up to `limit` messages and hides them until `hidden_until`. What has
/// been received too often goes to the dead letter queue instead.
///
/// Returns also whether anything went there.
pub(super) fn receive(
    transaction: &Transaction<'_>,
    queue: &Queue,
    limit: usize,
    hidden_until: i64,
    now: i64,
) -> Result<(Vec<ReceivedMessage>, bool), SqsError> {
    let mut received: Vec<ReceivedMessage> = Vec::new();
    let mut buried = false;
    while received.len() < limit {
        let wanted = limit - received.len();
        let rows = visible(transaction, queue, wanted, now)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            match &queue.redrive {
                Some(redrive) if row.receive_count >= redrive.maximum_receives => {
                    transfer(
                        transaction,
                        row.sequence,
                        &redrive.dead_letters,
                        Some(&queue.arn),
                        now,
                    )?;
                    buried = true;
                }
                _ => received.push(hand_out(transaction, queue, row, hidden_until, now)?),
            }
        }
    }
    Ok((received, buried))
}

struct StoredMessage {
    sequence: i64,
    message: ReceivedMessage,
    receive_count: u32,
    first_received_at: Option<i64>,
}

fn visible(
    transaction: &Transaction<'_>,
    queue: &Queue,
    limit: usize,
    now: i64,
) -> Result<Vec<StoredMessage>, SqsError> {
    let mut statement = transaction.prepare_cached(if queue.fifo { NEXT_FIFO } else { NEXT_STANDARD })?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map(
        named_params! {":queue": queue.name, ":now": now, ":limit": limit},
        |row| read(queue, row),
    )?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read(queue: &Queue, row: &Row<'_>) -> rusqlite::Result<StoredMessage> {
    let sequence = row.get("sequence")?;
    let attributes: String = row.get("attributes")?;
    Ok(StoredMessage {
        sequence,
        receive_count: row.get("receive_count")?,
        first_received_at: row.get("first_received_at")?,
        message: ReceivedMessage {
            message_id: row.get("message_id")?,
            receipt_handle: String::new(),
            body: row.get("body")?,
            attributes: serde_json::from_str(&attributes).unwrap_or_default(),
            group_id: row.get("group_id")?,
            deduplication_id: row.get("deduplication_id")?,
            sequence_number: sequence_number(queue, sequence),
            sent_at_ms: row.get("sent_at")?,
            first_received_at_ms: 0,
            receive_count: 0,
            dead_letter_source_arn: row.get("source_arn")?,
        },
    })
}

fn hand_out(
    transaction: &Transaction<'_>,
    queue: &Queue,
    row: StoredMessage,
    hidden_until: i64,
    now: i64,
) -> Result<ReceivedMessage, SqsError> {
    let receipt = uuid();
    let first_received_at = row.first_received_at.unwrap_or(now);
    let receive_count = row.receive_count.saturating_add(1);
    // A visibility timeout of zero hands the message out without hiding it.
    transaction
        .prepare_cached(
            "UPDATE sqs_messages
             SET visible_at = ?2, receive_count = ?3, first_received_at = ?4, receipt = ?5
             WHERE sequence = ?1",
        )?
        .execute(params![
            row.sequence,
            hidden_until,
            receive_count,
            first_received_at,
            receipt
        ])?;
    Ok(ReceivedMessage {
        receipt_handle: format!("{}.{}.{receipt}", queue.name, row.sequence),
        receive_count,
        first_received_at_ms: first_received_at,
        ..row.message
    })
}

/// Puts a message at the end of another queue, as if it had never been received.
fn transfer(
    transaction: &Transaction<'_>,
    sequence: i64,
    destination: &str,
    source_arn: Option<&str>,
    now: i64,
) -> Result<(), SqsError> {
    transaction
        .prepare_cached(
            "INSERT INTO sqs_messages
               (queue, message_id, body, attributes, group_id, deduplication_id, source_arn, sent_at, visible_at)
             SELECT ?2, message_id, body, attributes, group_id, deduplication_id, ?3, sent_at, ?4
             FROM sqs_messages WHERE sequence = ?1",
        )?
        .execute(params![sequence, destination, source_arn, now])?;
    transaction
        .prepare_cached("DELETE FROM sqs_messages WHERE sequence = ?1")?
        .execute([sequence])?;
    Ok(())
}

/// The row that a receipt handle names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Receipt<'h> {
    sequence: i64,
    nonce: &'h str,
}

impl<'h> Receipt<'h> {
    /// Reads a handle, which must be of this queue.
    pub(super) fn parse(queue: &Queue, handle: &'h str) -> Result<Self, SqsError> {
        let invalid = || SqsError::ReceiptHandleInvalid(handle.to_owned());
        let rest = handle
            .strip_prefix(&queue.name)
            .and_then(|rest| rest.strip_prefix('.'))
            .ok_or_else(invalid)?;
        let (sequence, nonce) = rest.split_once('.').ok_or_else(invalid)?;
        Ok(Self {
            sequence: sequence.parse().map_err(|_| invalid())?,
            nonce,
        })
    }
}

/// Deletes what the receipt names. An outdated receipt is no error on a standard
/// queue; on a FIFO queue one whose visibility has passed is.
pub(super) fn delete(
    transaction: &Transaction<'_>,
    queue: &Queue,
    receipt: Receipt<'_>,
    now: i64,
) -> Result<(), SqsError> {
    if queue.fifo {
        let visible_at: Option<i64> = transaction
            .prepare_cached("SELECT visible_at FROM sqs_messages WHERE sequence = ?1 AND receipt = ?2")?
            .query_row(params![receipt.sequence, receipt.nonce], |row| row.get(0))
            .optional()?;
        if visible_at.is_some_and(|visible_at| visible_at <= now) {
            return Err(SqsError::ReceiptHandleExpired);
        }
    }
    transaction
        .prepare_cached("DELETE FROM sqs_messages WHERE sequence = ?1 AND receipt = ?2")?
        .execute(params![receipt.sequence, receipt.nonce])?;
    Ok(())
}

/// Moves the end of a message's invisibility.
pub(super) fn set_visible_at(
    transaction: &Transaction<'_>,
    receipt: Receipt<'_>,
    visible_at: i64,
    now: i64,
) -> Result<(), SqsError> {
    let changed = transaction
        .prepare_cached(
            "UPDATE sqs_messages SET visible_at = ?3
             WHERE sequence = ?1 AND receipt = ?2 AND visible_at > ?4",
        )?
        .execute(params![receipt.sequence, receipt.nonce, visible_at, now])?;
    if changed == 0 {
        Err(SqsError::MessageNotInflight)
    } else {
        Ok(())
    }
}

/// When the next hidden message of the queue becomes visible by itself.
pub(super) fn next_visible_at(
    connection: &rusqlite::Connection,
    queue: &str,
    now: i64,
) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT MIN(visible_at) FROM sqs_messages WHERE queue = ?1 AND visible_at > ?2 AND visible_at < ?3")?
        .query_row(params![queue, now, LEASED], |row| row.get(0))
}

/// Removes what is older than the queue keeps, and forgotten deduplication ids.
pub(super) fn expire(transaction: &Transaction<'_>, queue: &Queue, now: i64) -> Result<(), SqsError> {
    let oldest = now.saturating_sub(millis(queue.retention));
    transaction
        .prepare_cached("DELETE FROM sqs_messages WHERE queue = ?1 AND sent_at < ?2 AND visible_at <= ?3")?
        .execute(params![queue.name, oldest, now])?;
    if queue.fifo {
        transaction
            .prepare_cached("DELETE FROM sqs_deduplication WHERE queue = ?1 AND expires_at <= ?2")?
            .execute(params![queue.name, now])?;
    }
    Ok(())
}

pub(super) fn purge(transaction: &Transaction<'_>, queue: &str) -> Result<(), SqsError> {
    transaction.execute("DELETE FROM sqs_messages WHERE queue = ?1", [queue])?;
    Ok(())
}

/// How many messages are visible, in flight and delayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueDepth {
    /// Ready to be received.
    pub visible: u64,
    /// Received and not yet deleted or visible again.
    pub in_flight: u64,
    /// Sent with a delay that has not passed.
    pub delayed: u64,
}

pub(super) fn depth(
    connection: &rusqlite::Connection,
    queue: &str,
    now: i64,
) -> rusqlite::Result<QueueDepth> {
    connection.query_row(
        "SELECT COUNT(*) FILTER (WHERE visible_at <= ?2),
                COUNT(*) FILTER (WHERE visible_at > ?2 AND receive_count > 0),
                COUNT(*) FILTER (WHERE visible_at > ?2 AND receive_count = 0)
         FROM sqs_messages WHERE queue = ?1",
        params![queue, now],
        |row| {
            Ok(QueueDepth {
                visible: row.get(0)?,
                in_flight: row.get(1)?,
                delayed: row.get(2)?,
            })
        },
    )
}

/// Moves every visible message to `destination`, or each to the queue it came
/// from; returns the queues that got any and the count.
pub(super) fn move_all(
    transaction: &Transaction<'_>,
    source: &Queue,
    destination: Option<&str>,
    now: i64,
) -> Result<(Vec<String>, usize), SqsError> {
    let mut statement = transaction.prepare_cached(
        "SELECT sequence, source_arn FROM sqs_messages WHERE queue = ?1 AND visible_at <= ?2 ORDER BY sequence",
    )?;
    let rows: Vec<(i64, Option<String>)> = statement
        .query_map(params![source.name, now], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut queues: Vec<String> = Vec::new();
    let mut moved = 0;
    for (sequence, source_arn) in rows {
        let origin = source_arn
            .as_deref()
            .map(crate::services::identifiers::last_segment);
        let Some(target) = destination.or(origin) else {
            continue;
        };
        transfer(transaction, sequence, target, None, now)?;
        moved += 1;
        if !queues.iter().any(|queue| queue == target) {
            queues.push(target.to_owned());
        }
    }
    Ok((queues, moved))
}
