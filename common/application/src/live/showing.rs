//! What is written to sockets, and to which of them.

use crate::alerts::handled;
use crate::error::{PortError, PortErrorKind};
use crate::ports::{BroadcastLane, ConnectionId, Connections, Delivery, Records, Sockets};
use crate::scope::OrgScope;
use freshtrack_contracts::alerts::AlertView;
use freshtrack_contracts::live::{MAX_FRAME, ServerBody, ServerMessage, Topic};
use freshtrack_contracts::places::UnitSnapshot;
use freshtrack_domain::alert::Alert;
use freshtrack_domain::ids::{AlertId, OrgId, SiteId, UnitId};
use freshtrack_domain::time::Timestamp;
use freshtrack_domain::unit::{Change, UnitRecord};
use futures_util::stream::{self, StreamExt};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Sockets that the recording invocation serves itself. More are handed to workers, this many at a time.
const DIRECT_FAN_OUT: usize = 200;
/// Messages handed to a worker at once, so that a portion stays below the 256 KB that every queue takes: a frame of
/// 32 KB is at most twice as long when it is written into JSON.
const MESSAGES_PER_CHUNK: usize = 3;
/// Messages in flight at once.
const PARALLEL_SENDS: usize = 50;

/// A unit that was written, or an alert about which somebody did something, for those who watch it.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveUpdate {
    pub(super) unit_id: UnitId,
    site_id: SiteId,
    pub(super) unit: Option<UnitSnapshot>,
    alerts: Vec<Alert>,
}

impl LiveUpdate {
    /// The unit as it is.
    #[must_use]
    pub fn of(record: &UnitRecord) -> Self {
        Self {
            unit_id: record.state.unit_id,
            site_id: record.state.site_id,
            unit: Some(record.into()),
            alerts: Vec::new(),
        }
    }

    /// `alert`, with what people have done about it.
    #[must_use]
    pub fn of_alert(alert: Alert) -> Self {
        Self {
            unit_id: alert.unit_id,
            site_id: alert.site_id,
            unit: None,
            alerts: vec![alert],
        }
    }

    /// The unit was written again, with `changes`.
    pub fn advance(&mut self, record: &UnitRecord, changes: Vec<Change>) {
        self.site_id = record.state.site_id;
        self.unit = Some(record.into());
        for change in changes {
            let (Change::AlertOpened(alert) | Change::AlertUpgraded(alert) | Change::AlertResolved(alert)) =
                change
            else {
                continue;
            };
            self.alerts.retain(|known| known.id != alert.id);
            self.alerts.push(alert);
        }
    }

    /// The same with `alerts` that were found out about it.
    #[must_use]
    pub(crate) fn with_alerts(mut self, alerts: &[Alert]) -> Self {
        self.alerts.extend(alerts.iter().cloned());
        self
    }

    pub(super) fn concerns(&self, topic: &Topic) -> bool {
        match topic {
            Topic::Org => true,
            Topic::Site(site_id) => *site_id == self.site_id,
            Topic::Unit(unit_id) => *unit_id == self.unit_id,
        }
    }
}

/// Messages for a portion of an organization's sockets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BroadcastChunk {
    /// Whose sockets they are.
    pub org_id: OrgId,
    /// The sockets.
    pub connections: Vec<ConnectionId>,
    /// The messages, in order.
    pub messages: Vec<String>,
}

/// Shows what was recorded to those who watch.
#[derive(Clone, Copy)]
pub struct Live<'a> {
    /// What people have done about the alerts that are shown.
    pub records: &'a dyn Records,
    /// Who watches.
    pub connections: &'a dyn Connections,
    /// Their sockets.
    pub sockets: &'a dyn Sockets,
    /// The way to very many sockets.
    pub lane: &'a dyn BroadcastLane,
}

impl Live<'_> {
    /// Pushes `updates` to everyone who subscribed to them. Never fails: what cannot be shown now is asked for
    /// by the screen when it notices the gap.
    pub async fn push(&self, scope: OrgScope, updates: &[LiveUpdate], now: Timestamp) {
        if updates.is_empty() {
            return;
        }
        if let Err(error) = self.try_push(scope, updates, now).await {
            tracing::warn!(org.id = %scope.org_id(), %error, "live push failed");
        }
    }

    async fn try_push(
        &self,
        scope: OrgScope,
        updates: &[LiveUpdate],
        now: Timestamp,
    ) -> Result<(), PortError> {
        // Somebody who has just connected must not miss an alert; a plain reading they would see next time.
        let fresh = updates.iter().any(|update| !update.alerts.is_empty());
        let listed = self.connections.of_org(scope.org_id(), fresh).await?;
        let (watching, over): (Vec<_>, Vec<_>) = listed
            .into_iter()
            .partition(|connection| now < connection.expires_at);
        // Most screens show the same, so each distinct set of updates is written out once.
        let mut audiences: BTreeMap<Vec<usize>, Vec<ConnectionId>> = BTreeMap::new();
        for connection in watching {
            let wanted: Vec<usize> = updates
                .iter()
                .enumerate()
                .filter(|(_, update)| connection.topics.iter().any(|topic| update.concerns(topic)))
                .map(|(index, _)| index)
                .collect();
            if !wanted.is_empty() {
                audiences.entry(wanted).or_default().push(connection.id);
            }
        }
        for connection in over {
            if let Err(error) = end_socket(self.connections, self.sockets, scope, &connection.id).await {
                tracing::warn!(connection.id = %connection.id, %error, "a socket outlives its time");
            }
        }
        let views = if audiences.is_empty() {
            BTreeMap::new()
        } else {
            self.views(scope, updates, now).await
        };
        for (wanted, connections) in audiences {
            let shown: Vec<&LiveUpdate> = wanted.iter().filter_map(|index| updates.get(*index)).collect();
            let messages = messages_of(&shown, &views, now)?;
            self.fan_out(scope, connections, messages).await?;
        }
        Ok(())
    }

    /// The alerts in `updates` as they are shown.
    async fn views(
        &self,
        scope: OrgScope,
        updates: &[LiveUpdate],
        now: Timestamp,
    ) -> BTreeMap<AlertId, AlertView> {
        let alerts: Vec<Alert> = updates.iter().flat_map(|update| update.alerts.clone()).collect();
        let told: Vec<AlertView> = match handled(self.records, scope, alerts.clone()).await {
            Ok(handled) => handled.iter().map(|one| AlertView::handled(one, now)).collect(),
            Err(error) => {
                tracing::warn!(org.id = %scope.org_id(), %error, "alerts are shown without what people did");
                alerts.iter().map(AlertView::from).collect()
            }
        };
        told.into_iter().map(|view| (view.id, view)).collect()
    }

    async fn fan_out(
        &self,
        scope: OrgScope,
        connections: Vec<ConnectionId>,
        messages: Vec<String>,
    ) -> Result<(), PortError> {
        if connections.len() <= DIRECT_FAN_OUT {
            let chunk = BroadcastChunk {
                org_id: scope.org_id(),
                connections,
                messages,
            };
            broadcast(self.connections, self.sockets, &chunk).await;
            return Ok(());
        }
        for connections in connections.chunks(DIRECT_FAN_OUT) {
            for messages in messages.chunks(MESSAGES_PER_CHUNK) {
                let chunk = BroadcastChunk {
                    org_id: scope.org_id(),
                    connections: connections.to_vec(),
                    messages: messages.to_vec(),
                };
                self.lane.hand_over(&chunk).await?;
            }
        }
        Ok(())
    }
}

/// Sends the messages of `chunk` to its sockets and forgets those that are gone.
pub async fn broadcast(connections: &dyn Connections, sockets: &dyn Sockets, chunk: &BroadcastChunk) {
    stream::iter(&chunk.connections)
        .for_each_concurrent(PARALLEL_SENDS, |id| async move {
            for message in &chunk.messages {
                match sockets.send(id, message).await {
                    Ok(Delivery::Sent) => {}
                    Ok(Delivery::Gone) => {
                        if let Err(error) = connections.remove(chunk.org_id, id).await {
                            tracing::warn!(connection.id = %id, %error, "a dead connection stays listed");
                        }
                        return;
                    }
                    Err(error) => tracing::warn!(connection.id = %id, %error, "a live message was not sent"),
                }
            }
        })
        .await;
}

/// The messages that show `updates`: alerts first, then units, none larger than a frame.
fn messages_of(
    updates: &[&LiveUpdate],
    views: &BTreeMap<AlertId, AlertView>,
    now: Timestamp,
) -> Result<Vec<String>, PortError> {
    let shown = updates.iter().flat_map(|update| &update.alerts);
    let alerts: Vec<AlertView> = shown.filter_map(|alert| views.get(&alert.id).cloned()).collect();
    let units: Vec<UnitSnapshot> = updates.iter().filter_map(|update| update.unit.clone()).collect();
    let mut messages = Vec::new();
    write_frames(
        alerts,
        |alerts| ServerBody::AlertsChanged { alerts },
        now,
        &mut messages,
    )?;
    write_frames(
        units,
        |units| ServerBody::UnitsChanged { units },
        now,
        &mut messages,
    )?;
    Ok(messages)
}

/// Writes `items` into as few messages as fit the frame size.
pub(super) fn write_frames<T: Clone + Serialize>(
    items: Vec<T>,
    body: impl Fn(Vec<T>) -> ServerBody + Copy,
    now: Timestamp,
    out: &mut Vec<String>,
) -> Result<(), PortError> {
    if items.is_empty() {
        return Ok(());
    }
    let text = write(&ServerMessage::new(now, body(items.clone())))?;
    if text.len() <= MAX_FRAME || items.len() == 1 {
        out.push(text);
        return Ok(());
    }
    let (first, second) = items.split_at(items.len() / 2);
    write_frames(first.to_vec(), body, now, out)?;
    write_frames(second.to_vec(), body, now, out)
}

pub(super) fn write(message: &ServerMessage) -> Result<String, PortError> {
    serde_json::to_string(message).map_err(|e| PortError::because("live.write", PortErrorKind::Corrupt, e))
}

/// Ends a socket whose time is over.
async fn end_socket(
    connections: &dyn Connections,
    sockets: &dyn Sockets,
    scope: OrgScope,
    id: &str,
) -> Result<(), PortError> {
    sockets.close(id).await?;
    connections.remove(scope.org_id(), id).await
}
