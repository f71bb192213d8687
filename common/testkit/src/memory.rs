//! Everything that is stored besides records, in memory.

use crate::faults::Faults;
use async_trait::async_trait;
use freshtrack_application::ports::{
    Alerts, Connection, Connections, DueUnit, LateEntry, Quarantine, QuarantinedUplink, ReadingLog,
    TicketGrant, Tickets, UnitStates,
};
use freshtrack_application::{OrgScope, PortError, PortErrorKind};
use freshtrack_contracts::alerts::TrailEntry;
use freshtrack_contracts::events::Event;
use freshtrack_domain::alert::{Alert, AlertStatus};
use freshtrack_domain::device::DevEui;
use freshtrack_domain::ids::{AlertId, FrameId, OrgId, SensorId, UnitId};
use freshtrack_domain::log::SealedBlock;
use freshtrack_domain::time::Timestamp;
use freshtrack_domain::unit::{Change, UnitRecord};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A store of all but records that forgets everything when it is dropped. Names its calls as the ports do: `unit_states.save`.
#[derive(Debug, Default)]
pub struct Memory {
    /// Which calls are to fail.
    pub faults: Faults,
    tables: Mutex<Tables>,
}

/// The alerts, which are written with units' states and with records: both fakes have the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shelf(Arc<Mutex<BTreeMap<(OrgId, AlertId), Alert>>>);

impl Shelf {
    pub(crate) fn lock(&self) -> MutexGuard<'_, BTreeMap<(OrgId, AlertId), Alert>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type OfUnit<K, V> = BTreeMap<(OrgId, UnitId, K), V>;

#[derive(Debug, Default)]
struct Tables {
    units: BTreeMap<(OrgId, UnitId), UnitRecord>,
    outbox: Vec<Event>,
    blocks: OfUnit<Timestamp, SealedBlock>,
    late: OfUnit<(Timestamp, SensorId), LateEntry>,
    alerts: Shelf,
    trails: BTreeMap<(OrgId, AlertId), Vec<TrailEntry>>,
    frames: BTreeMap<(OrgId, FrameId), QuarantinedUplink>,
    connections: BTreeMap<(OrgId, String), Connection>,
    tickets: BTreeMap<String, TicketGrant>,
}

impl Memory {
    /// Takes out the events that saves have left in the outbox so far.
    pub fn take_outbox(&self) -> Vec<Event> {
        std::mem::take(&mut self.lock().outbox)
    }

    /// Where the alerts are.
    pub(crate) fn shelf(&self) -> Shelf {
        self.lock().alerts.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call of `op`, which reads, begins; the tables, unless it is to fail.
    async fn read(&self, op: &'static str) -> Result<MutexGuard<'_, Tables>, PortError> {
        self.faults.call(op).await?;
        Ok(self.lock())
    }

    /// The units of the organization, as a call of `op` reads them.
    async fn list_of(&self, scope: OrgScope, op: &'static str) -> Result<Vec<UnitRecord>, PortError> {
        let tables = self.read(op).await?;
        let all = tables.units.iter();
        let ours = all.filter(|((org_id, _), _)| *org_id == scope.org_id());
        Ok(ours.map(|(_, record)| record.clone()).collect())
    }

    /// The whole of a call of `op`, which changes the tables.
    async fn change<T>(
        &self,
        op: &'static str,
        change: impl FnOnce(&mut Tables) -> Result<T, PortError>,
    ) -> Result<T, PortError> {
        self.faults.call(op).await?;
        let changed = change(&mut self.lock())?;
        self.faults.answer(op).await?;
        Ok(changed)
    }
}

#[async_trait]
impl UnitStates for Memory {
    async fn load(&self, scope: OrgScope, unit_id: UnitId) -> Result<Option<UnitRecord>, PortError> {
        Ok(self
            .read("unit_states.load")
            .await?
            .units
            .get(&(scope.org_id(), unit_id))
            .cloned())
    }

    async fn load_eventually(
        &self,
        scope: OrgScope,
        unit_id: UnitId,
    ) -> Result<Option<UnitRecord>, PortError> {
        let tables = self.read("unit_states.load_eventually").await?;
        Ok(tables.units.get(&(scope.org_id(), unit_id)).cloned())
    }

    async fn save(
        &self,
        scope: OrgScope,
        record: &mut UnitRecord,
        changes: &[Change],
    ) -> Result<(), PortError> {
        const OP: &str = "unit_states.save";
        let (org_id, unit_id) = (scope.org_id(), record.state.unit_id);
        let saved = UnitRecord {
            rev: record.rev + 1,
            ..record.clone()
        };
        let save = |tables: &mut Tables| {
            let stored = tables.units.get(&(org_id, unit_id));
            if stored.map_or(0, |stored| stored.rev) != record.rev {
                return Err(PortError::new(OP, PortErrorKind::Conflict));
            }
            for (index, change) in changes.iter().enumerate() {
                tables
                    .outbox
                    .push(Event::of(org_id, unit_id, saved.rev, index, change));
                if let Change::AlertOpened(alert)
                | Change::AlertUpgraded(alert)
                | Change::AlertResolved(alert) = change
                {
                    tables.alerts.lock().insert((org_id, alert.id), alert.clone());
                }
            }
            tables.units.insert((org_id, unit_id), saved.clone());
            Ok(())
        };
        self.change(OP, save).await?;
        record.rev = saved.rev;
        Ok(())
    }

    async fn list(&self, scope: OrgScope) -> Result<Vec<UnitRecord>, PortError> {
        self.list_of(scope, "unit_states.list").await
    }

    async fn due(&self, scope: OrgScope, now: Timestamp) -> Result<Vec<DueUnit>, PortError> {
        let units = self.list_of(scope, "unit_states.due").await?;
        let due = |record: UnitRecord| {
            Some(DueUnit {
                unit_id: record.state.unit_id,
                due: record.next_due().filter(|due| *due <= now)?,
            })
        };
        Ok(units.into_iter().filter_map(due).collect())
    }
}

#[async_trait]
impl ReadingLog for Memory {
    async fn put_block(
        &self,
        scope: OrgScope,
        unit_id: UnitId,
        block: &SealedBlock,
    ) -> Result<(), PortError> {
        const OP: &str = "reading_log.put_block";
        self.change(OP, |tables| {
            let place = tables.blocks.entry((scope.org_id(), unit_id, block.first_at));
            if place.or_insert_with(|| block.clone()) == block {
                Ok(())
            } else {
                Err(PortError::new(OP, PortErrorKind::Conflict))
            }
        })
        .await
    }

    async fn put_late(&self, scope: OrgScope, unit_id: UnitId, late: &LateEntry) -> Result<bool, PortError> {
        let key = (scope.org_id(), unit_id, (late.entry.recorded_at, late.sensor_id));
        self.change("reading_log.put_late", |tables| {
            let new = !tables.late.contains_key(&key);
            tables.late.entry(key).or_insert(*late);
            Ok(new)
        })
        .await
    }

    async fn blocks(
        &self,
        scope: OrgScope,
        unit_id: UnitId,
        from: Timestamp,
        to: Timestamp,
        most: usize,
        _fresh: bool,
    ) -> Result<Vec<SealedBlock>, PortError> {
        let tables = self.read("reading_log.blocks").await?;
        let ours = tables
            .blocks
            .iter()
            .filter(|((org, unit, _), _)| (*org, *unit) == (scope.org_id(), unit_id));
        let blocks = ours.map(|(_, block)| block);
        Ok(blocks
            .filter(|block| block.first_at <= to && block.last_at >= from)
            .take(most)
            .cloned()
            .collect())
    }

    async fn late(
        &self,
        scope: OrgScope,
        unit_id: UnitId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<LateEntry>, PortError> {
        let tables = self.read("reading_log.late").await?;
        let ours = tables
            .late
            .iter()
            .filter(|((org, unit, _), _)| (*org, *unit) == (scope.org_id(), unit_id));
        let late = ours.map(|(_, late)| late);
        Ok(late
            .filter(|late| (from..=to).contains(&late.entry.recorded_at))
            .copied()
            .collect())
    }
}

#[async_trait]
impl Quarantine for Memory {
    async fn keep(&self, scope: OrgScope, frame: &QuarantinedUplink) -> Result<(), PortError> {
        self.change("quarantine.keep", |tables| {
            tables.frames.insert((scope.org_id(), frame.id), frame.clone());
            Ok(())
        })
        .await
    }

    async fn list(
        &self,
        scope: OrgScope,
        after: Option<FrameId>,
        limit: usize,
    ) -> Result<Vec<QuarantinedUplink>, PortError> {
        let tables = self.read("quarantine.list").await?;
        let ours =
            tables.frames.iter().rev().filter(|((org_id, id), _)| {
                *org_id == scope.org_id() && after.is_none_or(|after| *id < after)
            });
        Ok(ours.take(limit).map(|(_, frame)| frame.clone()).collect())
    }

    async fn of_device(
        &self,
        scope: OrgScope,
        dev_eui: DevEui,
        after: Option<FrameId>,
        limit: usize,
    ) -> Result<Vec<QuarantinedUplink>, PortError> {
        let tables = self.read("quarantine.of_device").await?;
        let kept = tables.frames.iter().filter(|((org_id, id), frame)| {
            *org_id == scope.org_id()
                && frame.uplink.dev_eui == dev_eui
                && after.is_none_or(|after| *id > after)
        });
        Ok(kept.take(limit).map(|(_, frame)| frame.clone()).collect())
    }

    async fn find(&self, scope: OrgScope, id: FrameId) -> Result<Option<QuarantinedUplink>, PortError> {
        Ok(self
            .read("quarantine.find")
            .await?
            .frames
            .get(&(scope.org_id(), id))
            .cloned())
    }

    async fn remove(&self, scope: OrgScope, id: FrameId) -> Result<(), PortError> {
        self.change("quarantine.remove", |tables| {
            tables.frames.remove(&(scope.org_id(), id));
            Ok(())
        })
        .await
    }
}

#[async_trait]
impl Alerts for Memory {
    async fn list(
        &self,
        scope: OrgScope,
        status: AlertStatus,
        after: Option<AlertId>,
        limit: usize,
    ) -> Result<Vec<Alert>, PortError> {
        let tables = self.read("alerts.list").await?;
        let kept = tables.alerts.lock();
        let alerts = kept.iter().rev().filter(|((org_id, id), alert)| {
            *org_id == scope.org_id() && alert.status == status && after.is_none_or(|after| *id < after)
        });
        Ok(alerts.take(limit).map(|(_, alert)| alert.clone()).collect())
    }

    async fn opened(&self, scope: OrgScope, from: Timestamp, to: Timestamp) -> Result<Vec<Alert>, PortError> {
        let tables = self.read("alerts.opened").await?;
        let kept = tables.alerts.lock();
        let ours = kept.iter().filter(|((org_id, _), _)| *org_id == scope.org_id());
        let opened = ours.filter(|(_, alert)| (from..=to).contains(&alert.opened_at));
        Ok(opened.map(|(_, alert)| alert.clone()).collect())
    }

    async fn keep_found(&self, scope: OrgScope, alert: &Alert) -> Result<bool, PortError> {
        let key = (scope.org_id(), alert.id);
        self.change("alerts.keep_found", |tables| {
            let is_new = !tables.alerts.lock().contains_key(&key);
            if is_new {
                tables.outbox.push(Event::of_found(key.0, alert));
                tables.alerts.lock().insert(key, alert.clone());
            }
            Ok(is_new)
        })
        .await
    }

    async fn find(
        &self,
        scope: OrgScope,
        id: AlertId,
    ) -> Result<Option<(Alert, Vec<TrailEntry>)>, PortError> {
        let tables = self.read("alerts.find").await?;
        let key = (scope.org_id(), id);
        let trail = tables.trails.get(&key).cloned().unwrap_or_default();
        let kept = tables.alerts.lock();
        Ok(kept.get(&key).map(|alert| (alert.clone(), trail)))
    }

    async fn now(&self, scope: OrgScope, id: AlertId) -> Result<Option<Alert>, PortError> {
        let tables = self.read("alerts.now").await?;
        Ok(tables.alerts.lock().get(&(scope.org_id(), id)).cloned())
    }

    async fn add_trail(&self, scope: OrgScope, id: AlertId, entry: &TrailEntry) -> Result<(), PortError> {
        self.change("alerts.add_trail", |tables| {
            let trail = tables.trails.entry((scope.org_id(), id)).or_default();
            if trail.iter().all(|known| known.event_id != entry.event_id) {
                trail.push(entry.clone());
                trail.sort_by_key(|entry| entry.at);
            }
            Ok(())
        })
        .await
    }
}

#[async_trait]
impl Connections for Memory {
    async fn put(&self, connection: &Connection) -> Result<(), PortError> {
        const OP: &str = "connections.put";
        let key = (connection.org_id, connection.id.clone());
        self.change(OP, |tables| {
            let stored = tables.connections.get(&key).map_or(0, |stored| stored.rev);
            if connection.rev != stored + 1 {
                return Err(PortError::new(OP, PortErrorKind::Conflict));
            }
            tables.connections.insert(key, connection.clone());
            Ok(())
        })
        .await
    }

    async fn remove(&self, org_id: OrgId, id: &str) -> Result<(), PortError> {
        self.change("connections.remove", |tables| {
            tables.connections.remove(&(org_id, id.to_owned()));
            Ok(())
        })
        .await
    }

    async fn find(&self, org_id: OrgId, id: &str) -> Result<Option<Connection>, PortError> {
        Ok(self
            .read("connections.find")
            .await?
            .connections
            .get(&(org_id, id.to_owned()))
            .cloned())
    }

    async fn of_org(&self, org_id: OrgId, _fresh: bool) -> Result<Vec<Connection>, PortError> {
        let tables = self.read("connections.of_org").await?;
        Ok(tables
            .connections
            .values()
            .filter(|connection| connection.org_id == org_id)
            .cloned()
            .collect())
    }
}

#[async_trait]
impl Tickets for Memory {
    async fn put(&self, ticket: &str, grant: &TicketGrant) -> Result<(), PortError> {
        self.change("tickets.put", |tables| {
            tables.tickets.insert(ticket.to_owned(), grant.clone());
            Ok(())
        })
        .await
    }

    async fn take(&self, ticket: &str) -> Result<Option<TicketGrant>, PortError> {
        self.change("tickets.take", |tables| Ok(tables.tickets.remove(ticket)))
            .await
    }
}
