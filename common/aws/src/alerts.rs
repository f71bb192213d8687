//! Alerts and their trails.

use crate::error::corrupt;
use crate::keys;
use crate::table::{Condition, Item, Query, Table, data, item, text};
use crate::unit_states::OUTBOX;
use async_trait::async_trait;
use freshtrack_application::ports::Alerts;
use freshtrack_application::{OrgScope, PortError, PortErrorKind};
use freshtrack_contracts::alerts::TrailEntry;
use freshtrack_contracts::events::Event;
use freshtrack_domain::alert::{Alert, AlertStatus};
use freshtrack_domain::ids::AlertId;
use freshtrack_domain::time::Timestamp;
use std::sync::Arc;

const STATUS_INDEX: &str = "GSI1";

/// Alerts in the table.
#[derive(Debug, Clone)]
pub struct DynamoAlerts(pub Arc<Table>);

/// The item of `alert`; written together with its unit's state.
pub(crate) fn item_of(op: &'static str, scope: OrgScope, alert: &Alert) -> Result<Item, PortError> {
    let org_id = scope.org_id();
    let mut item = item(op, "alert", &keys::alert(org_id, alert.id), alert)?;
    item.insert(
        "g1pk".to_owned(),
        text(keys::alerts_by_status(org_id, alert.status)),
    );
    item.insert("g1sk".to_owned(), text(alert.id.to_string()));
    Ok(item)
}

#[async_trait]
impl Alerts for DynamoAlerts {
    async fn list(
        &self,
        scope: OrgScope,
        status: AlertStatus,
        after: Option<AlertId>,
        limit: usize,
    ) -> Result<Vec<Alert>, PortError> {
        const OP: &str = "alerts.list";
        let partition = keys::alerts_by_status(scope.org_id(), status);
        let (condition, values) = match after {
            Some(id) => ("g1pk = :pk AND g1sk < :after", vec![(":after", id.to_string())]),
            None => ("g1pk = :pk", Vec::new()),
        };
        let query = Query {
            index: Some(STATUS_INDEX),
            forward: false,
            limit: Some(limit),
            ..Query::new(condition, &partition, values)
        };
        let items = self.0.query(OP, query).await?;
        items.into_iter().map(|mut item| data(OP, &mut item)).collect()
    }

    async fn opened(&self, scope: OrgScope, from: Timestamp, to: Timestamp) -> Result<Vec<Alert>, PortError> {
        const OP: &str = "alerts.opened";
        let pk = keys::org_partition(scope.org_id());
        let (first, last) = keys::alerts_opened(from, to);
        let query = Query {
            consistent: true,
            ..Query::between(&pk, first, last)
        };
        let items = self.0.query(OP, query).await?;
        items.into_iter().map(|mut item| data(OP, &mut item)).collect()
    }

    async fn keep_found(&self, scope: OrgScope, alert: &Alert) -> Result<bool, PortError> {
        const OP: &str = "alerts.keep_found";
        let mut item = item_of(OP, scope, alert)?;
        let events = serde_json::to_string(&[Event::of_found(scope.org_id(), alert)]);
        item.insert(
            OUTBOX.to_owned(),
            text(events.map_err(|error| corrupt(OP, error))?),
        );
        match self.0.put(OP, item, Some(&Condition::ABSENT)).await {
            Ok(()) => Ok(true),
            Err(error) if error.kind == PortErrorKind::Conflict => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn find(
        &self,
        scope: OrgScope,
        id: AlertId,
    ) -> Result<Option<(Alert, Vec<TrailEntry>)>, PortError> {
        const OP: &str = "alerts.find";
        let Some(mut item) = self.0.get(OP, &keys::alert(scope.org_id(), id), false).await? else {
            return Ok(None);
        };
        let partition = keys::trail_partition(scope.org_id(), id);
        let trail = self
            .0
            .query(OP, Query::new("pk = :pk", &partition, Vec::new()))
            .await?
            .into_iter()
            .map(|mut item| data(OP, &mut item))
            .collect::<Result<_, _>>()?;
        Ok(Some((data(OP, &mut item)?, trail)))
    }

    async fn now(&self, scope: OrgScope, id: AlertId) -> Result<Option<Alert>, PortError> {
        const OP: &str = "alerts.now";
        let found = self.0.get(OP, &keys::alert(scope.org_id(), id), true).await?;
        found.map(|mut item| data(OP, &mut item)).transpose()
    }

    async fn add_trail(&self, scope: OrgScope, id: AlertId, entry: &TrailEntry) -> Result<(), PortError> {
        const OP: &str = "alerts.add_trail";
        let key = keys::trail(scope.org_id(), id, entry.at.0, &entry.event_id);
        match self
            .0
            .put(OP, item(OP, "trail", &key, entry)?, Some(&Condition::ABSENT))
            .await
        {
            Err(error) if error.kind == PortErrorKind::Conflict => Ok(()),
            other => other,
        }
    }
}
