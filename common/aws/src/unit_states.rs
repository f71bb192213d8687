//! Unit states: one item, one conditional write, the head of the reading log within.

use crate::error::{corrupt, sdk};
use crate::keys;
use crate::table::{
    Condition, Item, Query, SK, Table, binary, bytes_of, data, item, number, number_of, text, text_of,
};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{Put, ReturnConsumedCapacity, TransactWriteItem};
use freshtrack_application::ports::{DueUnit, UnitStates};
use freshtrack_application::{OrgScope, PortError, PortErrorKind};
use freshtrack_contracts::events::Event;
use freshtrack_domain::alert::Alert;
use freshtrack_domain::ids::UnitId;
use freshtrack_domain::log::{BlockHash, Head};
use freshtrack_domain::time::Timestamp;
use freshtrack_domain::unit::{Change, UnitRecord};
use std::sync::Arc;

/// The attribute that holds a write's events. The stream's filter passes only items that have it.
pub const OUTBOX: &str = "ev";
const REV: &str = "rev";
const HEAD: &str = "h";
const CHAIN: &str = "c";
const SEALED_UNTIL: &str = "su";
/// When something falls due at the unit, as sortable text; absent while nothing does.
const DUE: &str = "due";
const BACK_FILL: &str = "bf";

/// Unit states in the table.
#[derive(Debug, Clone)]
pub struct DynamoUnitStates(pub Arc<Table>);

#[async_trait]
impl UnitStates for DynamoUnitStates {
    async fn load(&self, scope: OrgScope, unit_id: UnitId) -> Result<Option<UnitRecord>, PortError> {
        self.read("unit_states.load", scope, unit_id, true).await
    }

    async fn load_eventually(
        &self,
        scope: OrgScope,
        unit_id: UnitId,
    ) -> Result<Option<UnitRecord>, PortError> {
        self.read("unit_states.load_eventually", scope, unit_id, false)
            .await
    }

    async fn save(
        &self,
        scope: OrgScope,
        record: &mut UnitRecord,
        changes: &[Change],
    ) -> Result<(), PortError> {
        const OP: &str = "unit_states.save";
        let condition = match record.rev {
            0 => Condition::ABSENT,
            rev => Condition::on("rev = :rev", ":rev", number(rev)),
        };
        let rev = record.rev + 1;
        let state = item_of(OP, scope, record, rev, changes)?;
        let alerts = alerts_of(changes);
        if alerts.is_empty() {
            self.0.put(OP, state, Some(&condition)).await?;
        } else {
            self.save_with_alerts(OP, scope, state, &condition, &alerts)
                .await?;
        }
        record.rev = rev;
        Ok(())
    }

    async fn list(&self, scope: OrgScope) -> Result<Vec<UnitRecord>, PortError> {
        const OP: &str = "unit_states.list";
        let pk = keys::org_partition(scope.org_id());
        let found = self.0.query(OP, states_of(&pk)).await?;
        found.into_iter().map(|item| record_of(OP, item)).collect()
    }

    async fn due(&self, scope: OrgScope, now: Timestamp) -> Result<Vec<DueUnit>, PortError> {
        const OP: &str = "unit_states.due";
        let pk = keys::org_partition(scope.org_id());
        let found = self.0.query(OP, states_of(&pk).only_due(now)).await?;
        let due = |item: &Item| {
            let (_, unit_id) = keys::parse_state_key(&pk, text_of(item, SK))?;
            let due = text_of(item, DUE).parse().ok()?;
            Some(DueUnit {
                unit_id,
                due: Timestamp::from_millis(due),
            })
        };
        let due: Option<Vec<DueUnit>> = found.iter().map(due).collect();
        due.ok_or_else(|| PortError::new(OP, PortErrorKind::Corrupt))
    }
}

impl DynamoUnitStates {
    async fn read(
        &self,
        op: &'static str,
        scope: OrgScope,
        unit_id: UnitId,
        consistent: bool,
    ) -> Result<Option<UnitRecord>, PortError> {
        let key = keys::state(scope.org_id(), unit_id);
        let found = self.0.get(op, &key, consistent).await?;
        found.map(|item| record_of(op, item)).transpose()
    }

    /// The rare write: state and alerts agree or neither is written.
    async fn save_with_alerts(
        &self,
        op: &'static str,
        scope: OrgScope,
        state: Item,
        condition: &Condition,
        alerts: &[&Alert],
    ) -> Result<(), PortError> {
        let put = |item: Item| Put::builder().table_name(&self.0.name).set_item(Some(item));
        let build = |put: aws_sdk_dynamodb::types::builders::PutBuilder| {
            put.build()
                .map(|put| TransactWriteItem::builder().put(put).build())
                .map_err(|e| corrupt(op, e))
        };
        let mut writes = vec![build(
            put(state)
                .condition_expression(condition.expression)
                .set_expression_attribute_values(condition.values()),
        )?];
        for alert in alerts {
            writes.push(build(put(crate::alerts::item_of(op, scope, alert)?))?);
        }
        let output = self
            .0
            .client
            .transact_write_items()
            .set_transact_items(Some(writes))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| sdk(op, error))?;
        for consumed in output.consumed_capacity() {
            self.0.metered_write(Some(consumed));
        }
        Ok(())
    }
}

/// The alerts among `changes`, each as it is after all of them.
fn alerts_of(changes: &[Change]) -> Vec<&Alert> {
    let mut alerts: Vec<&Alert> = Vec::new();
    for change in changes {
        let (Change::AlertOpened(alert) | Change::AlertUpgraded(alert) | Change::AlertResolved(alert)) =
            change
        else {
            continue;
        };
        alerts.retain(|known| known.id != alert.id);
        alerts.push(alert);
    }
    alerts
}

fn item_of(
    op: &'static str,
    scope: OrgScope,
    record: &UnitRecord,
    rev: u64,
    changes: &[Change],
) -> Result<Item, PortError> {
    let unit_id = record.state.unit_id;
    let mut item = item(op, "state", &keys::state(scope.org_id(), unit_id), &record.state)?;
    item.insert(REV.to_owned(), number(rev));
    item.insert(HEAD.to_owned(), binary(record.head.pack()));
    if let Some(sealed) = record.sealed_until {
        item.insert(CHAIN.to_owned(), binary(record.chain.0));
        item.insert(SEALED_UNTIL.to_owned(), number(sealed.as_millis()));
    }
    if let Some(due) = record.next_due() {
        item.insert(DUE.to_owned(), text(keys::sortable(due)));
    }
    if let Some(late) = record.back_fill {
        let late =
            serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(late).map_err(|error| corrupt(op, error))?;
        item.insert(BACK_FILL.to_owned(), late);
    }
    if !changes.is_empty() {
        let events: Vec<Event> = changes
            .iter()
            .enumerate()
            .map(|(index, change)| Event::of(scope.org_id(), unit_id, rev, index, change))
            .collect();
        item.insert(
            OUTBOX.to_owned(),
            text(serde_json::to_string(&events).map_err(|e| corrupt(op, e))?),
        );
    }
    Ok(item)
}

fn record_of(op: &'static str, mut item: Item) -> Result<UnitRecord, PortError> {
    let state = data(op, &mut item)?;
    let back_fill = item
        .remove(BACK_FILL)
        .map(serde_dynamo::aws_sdk_dynamodb_1::from_attribute_value)
        .transpose()
        .map_err(|error| corrupt(op, error))?;
    let chain = bytes_of(&item, CHAIN);
    Ok(UnitRecord {
        rev: number_of(&item, REV).ok_or_else(|| PortError::new(op, PortErrorKind::Corrupt))?,
        state,
        head: Head::unpack(bytes_of(&item, HEAD)).map_err(|error| corrupt(op, error))?,
        chain: if chain.is_empty() {
            BlockHash::default()
        } else {
            BlockHash(chain.try_into().map_err(|error| corrupt(op, error))?)
        },
        sealed_until: number_of(&item, SEALED_UNTIL).map(Timestamp::from_millis),
        back_fill,
    })
}

/// The states of the organization whose partition is `pk`.
fn states_of(pk: &str) -> Query<'_> {
    let prefix = vec![(":sk", keys::STATE_PREFIX.to_owned())];
    Query::new("pk = :pk AND begins_with(sk, :sk)", pk, prefix)
}

impl Query<'_> {
    /// Of these states, only where something fell due by `now`, and only when. Read units are the same; what is sent and
    /// decoded is next to nothing.
    fn only_due(mut self, now: Timestamp) -> Self {
        self.values.push((":now", keys::sortable(now)));
        self.filter = Some("due <= :now");
        self.attributes = Some("sk, due");
        self
    }
}
