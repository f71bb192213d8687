//! Records, and changes of several records at once.

use crate::error::{corrupt, sdk};
use crate::keys::{self, Key};
use crate::table::{Item, PK, Query, SK, TTL, Table, data, expire, item, number, number_of, text, text_of};
use crate::unit_states::OUTBOX;
use async_trait::async_trait;
use aws_sdk_dynamodb::error::{BuildError, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Delete, Put, ReturnConsumedCapacity,
    TransactWriteItem,
};
use freshtrack_application::ports::{
    Claim, CommitError, Found, Holder, Owner, RawRecord, RecordKind, Records, Step,
};
use freshtrack_application::{OrgScope, PortError, PortErrorKind};
use freshtrack_contracts::events::Event;
use freshtrack_domain::ids::UserId;
use freshtrack_domain::time::Timestamp;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

const REV: &str = "rev";
const HOLDER: &str = "owner";
const BY_PERSON: &str = "GSI1";

/// Records in the table.
#[derive(Debug, Clone)]
pub struct DynamoRecords(pub Arc<Table>);

#[async_trait]
impl Records for DynamoRecords {
    async fn find(&self, owner: Owner, kind: RecordKind, id: &str) -> Result<Option<Found>, PortError> {
        const OP: &str = "records.find";
        let found = self.0.get(OP, &keys::record(owner, kind, id), true).await?;
        found.map(|item| found_of(OP, item)).transpose()
    }

    async fn list(
        &self,
        owner: Owner,
        kind: RecordKind,
        after: Option<&str>,
        limit: usize,
        newest_first: bool,
    ) -> Result<Vec<Found>, PortError> {
        const OP: &str = "records.list";
        let pk = keys::partition_of(owner);
        let prefix = keys::record_prefix(kind);
        // `#` ends the prefix and `$` follows it in ASCII, so the two enclose all keys of the kind.
        let end = format!("{}$", kind.0);
        let (first, last) = match (after, newest_first) {
            (None, _) => (prefix, end),
            // A zero byte makes the next greater key.
            (Some(after), false) => (format!("{prefix}{after}\0"), end),
            (Some(after), true) => (prefix.clone(), format!("{prefix}{after}")),
        };
        let query = Query {
            forward: !newest_first,
            consistent: true,
            // One more than wanted, since `after` itself lies within the range when it is the upper end.
            limit: limit.checked_add(1),
            ..Query::between(&pk, first, last.clone())
        };
        let mut items = self.0.query(OP, query).await?;
        items.retain(|item| text_of(item, SK) != last);
        items.truncate(limit);
        items.into_iter().map(|item| found_of(OP, item)).collect()
    }

    async fn list_eventually(&self, owner: Owner, kind: RecordKind) -> Result<Vec<Found>, PortError> {
        const OP: &str = "records.list_eventually";
        let pk = keys::partition_of(owner);
        let prefix = vec![(":sk", keys::record_prefix(kind))];
        let query = Query::new("pk = :pk AND begins_with(sk, :sk)", &pk, prefix);
        let items = self.0.query(OP, query).await?;
        items.into_iter().map(|item| found_of(OP, item)).collect()
    }

    async fn of_person(&self, person: UserId, kind: RecordKind) -> Result<Vec<Found>, PortError> {
        const OP: &str = "records.of_person";
        let pk = keys::records_of_person(person, kind);
        let query = Query {
            index: Some(BY_PERSON),
            ..Query::new("g1pk = :pk", &pk, Vec::new())
        };
        let items = self.0.query(OP, query).await?;
        items.into_iter().map(|item| found_of(OP, item)).collect()
    }

    async fn listed(
        &self,
        kind: RecordKind,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Found>, PortError> {
        const OP: &str = "records.listed";
        let pk = keys::listed_records(kind);
        let query = Query {
            index: Some(BY_PERSON),
            forward: false,
            limit: Some(limit),
            ..match before {
                None => Query::new("g1pk = :pk", &pk, Vec::new()),
                Some(before) => Query::new(
                    "g1pk = :pk AND g1sk < :before",
                    &pk,
                    vec![(":before", before.to_owned())],
                ),
            }
        };
        let items = self.0.query(OP, query).await?;
        items.into_iter().map(|item| found_of(OP, item)).collect()
    }

    async fn holder(&self, claim: &Claim, now: Timestamp) -> Result<Option<Holder>, PortError> {
        const OP: &str = "records.holder";
        let Some(mut item) = self.0.get(OP, &keys::claim(claim), true).await? else {
            return Ok(None);
        };
        let expires_at = number_of(&item, TTL).map(Timestamp::from_seconds);
        if expires_at.is_some_and(|at| at <= now) {
            return Ok(None);
        }
        Ok(Some(Holder {
            id: text_of(&item, HOLDER).to_owned(),
            data: data(OP, &mut item)?,
            expires_at,
        }))
    }

    async fn commit(&self, steps: &[Step], events: &[Event], now: Timestamp) -> Result<(), CommitError> {
        const OP: &str = "records.commit";
        let mut writes = Vec::with_capacity(steps.len());
        let mut outbox = match events {
            [] => None,
            events => Some(serde_json::to_string(events).map_err(|error| corrupt(OP, error))?),
        };
        for step in steps {
            writes.push(self.write(OP, step, &mut outbox, now)?);
        }
        let written = self
            .0
            .client
            .transact_write_items()
            .set_transact_items(Some(writes))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match written {
            Ok(output) => {
                for consumed in output.consumed_capacity() {
                    self.0.metered_write(Some(consumed));
                }
                Ok(())
            }
            Err(error) => Err(reason(&error).unwrap_or_else(|| sdk(OP, error).into())),
        }
    }
}

impl DynamoRecords {
    /// What `step` is to DynamoDB. The first item that is written takes the outbox along.
    fn write(
        &self,
        op: &'static str,
        step: &Step,
        outbox: &mut Option<String>,
        now: Timestamp,
    ) -> Result<TransactWriteItem, PortError> {
        let write = TransactWriteItem::builder();
        let write = match step {
            Step::Insert(owner, record) => {
                let item = item_of(op, *owner, record, 1, outbox.take())?;
                write.put(self.put(op, item, Guard::absent())?)
            }
            Step::Replace(owner, record, rev) => {
                let item = item_of(op, *owner, record, rev.saturating_add(1), outbox.take())?;
                write.put(self.put(op, item, Guard::unchanged(*rev))?)
            }
            Step::Remove(owner, kind, id, rev) => {
                write.delete(self.delete(op, &keys::record(*owner, *kind, id), Guard::unchanged(*rev))?)
            }
            Step::Expect(owner, kind, id, rev) => {
                let guard = rev.map_or_else(Guard::present, Guard::unchanged);
                let Key { pk, sk } = keys::record(*owner, *kind, id);
                let check = ConditionCheck::builder()
                    .table_name(&self.0.name)
                    .key(PK, text(pk))
                    .key(SK, text(sk))
                    .condition_expression(guard.expression)
                    .set_expression_attribute_names(guard.names())
                    .set_expression_attribute_values(guard.values())
                    .build();
                write.condition_check(check.map_err(|error| built(op, error))?)
            }
            Step::Claim(claim, holder) => {
                let mut item = item(op, "claim", &keys::claim(claim), &holder.data)?;
                item.insert(HOLDER.to_owned(), text(&holder.id));
                if let Some(at) = holder.expires_at {
                    item = expire(item, at);
                }
                write.put(self.put(op, item, Guard::claimable(&holder.id, now))?)
            }
            Step::Release(claim, holder) => {
                write.delete(self.delete(op, &keys::claim(claim), Guard::held_by(holder))?)
            }
            Step::Alert(org_id, alert) => {
                let item = crate::alerts::item_of(op, OrgScope::granted(*org_id), alert)?;
                let put = Put::builder().table_name(&self.0.name).set_item(Some(item));
                write.put(put.build().map_err(|error| built(op, error))?)
            }
        };
        Ok(write.build())
    }

    fn put(&self, op: &'static str, item: Item, guard: Guard) -> Result<Put, PortError> {
        Put::builder()
            .table_name(&self.0.name)
            .set_item(Some(item))
            .condition_expression(guard.expression)
            .set_expression_attribute_names(guard.names())
            .set_expression_attribute_values(guard.values())
            .build()
            .map_err(|error| built(op, error))
    }

    fn delete(&self, op: &'static str, key: &Key, guard: Guard) -> Result<Delete, PortError> {
        Delete::builder()
            .table_name(&self.0.name)
            .key(PK, text(&key.pk))
            .key(SK, text(&key.sk))
            .condition_expression(guard.expression)
            .set_expression_attribute_names(guard.names())
            .set_expression_attribute_values(guard.values())
            .build()
            .map_err(|error| built(op, error))
    }
}

/// A condition on the item that a step is about.
struct Guard {
    expression: &'static str,
    names: Vec<(&'static str, &'static str)>,
    values: Vec<(&'static str, AttributeValue)>,
}

impl Guard {
    const fn plain(expression: &'static str) -> Self {
        Self {
            expression,
            names: Vec::new(),
            values: Vec::new(),
        }
    }

    const fn absent() -> Self {
        Self::plain("attribute_not_exists(pk)")
    }

    const fn present() -> Self {
        Self::plain("attribute_exists(pk)")
    }

    fn unchanged(rev: u64) -> Self {
        Self {
            expression: "#rev = :rev",
            names: vec![("#rev", REV)],
            values: vec![(":rev", number(rev))],
        }
    }

    fn held_by(holder: &str) -> Self {
        Self {
            expression: "#owner = :owner",
            names: vec![("#owner", HOLDER)],
            values: vec![(":owner", text(holder))],
        }
    }

    fn claimable(holder: &str, now: Timestamp) -> Self {
        Self {
            expression: "attribute_not_exists(pk) OR #owner = :owner OR #ttl <= :now",
            names: vec![("#owner", HOLDER), ("#ttl", TTL)],
            values: vec![(":owner", text(holder)), (":now", number(now.as_seconds()))],
        }
    }

    fn names(&self) -> Option<HashMap<String, String>> {
        let names = || {
            self.names
                .iter()
                .map(|(name, of)| ((*name).to_owned(), (*of).to_owned()))
        };
        (!self.names.is_empty()).then(|| names().collect())
    }

    fn values(&self) -> Option<HashMap<String, AttributeValue>> {
        let values = || {
            self.values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
        };
        (!self.values.is_empty()).then(|| values().collect())
    }
}

fn item_of(
    op: &'static str,
    owner: Owner,
    record: &RawRecord,
    rev: u64,
    outbox: Option<String>,
) -> Result<Item, PortError> {
    let key = keys::record(owner, record.kind, &record.key);
    let mut item = item(op, record.kind.0, &key, &record.data)?;
    item.insert(REV.to_owned(), number(rev));
    if let Some(person) = record.person {
        item.insert(
            "g1pk".to_owned(),
            text(keys::records_of_person(person, record.kind)),
        );
        item.insert("g1sk".to_owned(), text(key.pk));
    } else if record.listed {
        item.insert("g1pk".to_owned(), text(keys::listed_records(record.kind)));
        item.insert("g1sk".to_owned(), text(&record.key));
    }
    if let Some(outbox) = outbox {
        item.insert(OUTBOX.to_owned(), text(outbox));
    }
    Ok(match record.expires_at {
        Some(at) => expire(item, at),
        None => item,
    })
}

fn found_of(op: &'static str, mut item: Item) -> Result<Found, PortError> {
    let corrupt = || PortError::new(op, PortErrorKind::Corrupt);
    Ok(Found {
        owner: keys::parse_partition(text_of(&item, PK)).ok_or_else(corrupt)?,
        rev: number_of(&item, REV).ok_or_else(corrupt)?,
        data: data::<Value>(op, &mut item)?,
    })
}

/// Which step stood in the way, if the transaction was cancelled because of one.
fn reason(
    error: &SdkError<TransactWriteItemsError, aws_smithy_runtime_api::http::Response>,
) -> Option<CommitError> {
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error.as_service_error()? else {
        return None;
    };
    let place = |code| {
        let mut reasons = cancelled.cancellation_reasons().iter();
        reasons.position(|reason: &CancellationReason| reason.code() == Some(code))
    };
    place("ConditionalCheckFailed")
        .map(CommitError::Step)
        .or_else(|| place("TransactionConflict").map(|_| CommitError::Busy))
}

fn built(op: &'static str, error: BuildError) -> PortError {
    PortError::because(op, PortErrorKind::Rejected, error)
}
