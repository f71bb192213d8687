//! Records in memory.

use crate::faults::Faults;
use crate::memory::{Memory, Shelf};
use async_trait::async_trait;
use freshtrack_application::devices::eui_claim;
use freshtrack_application::ports::{
    Claim, CommitError, Devices, Found, Holder, MOST_STEPS, Owner, RawRecord, Record, RecordKind, Records,
    SensorKey, Step, Stored,
};
use freshtrack_application::{OrgScope, PortError, PortErrorKind};
use freshtrack_contracts::events::Event;
use freshtrack_domain::alert::Alert;
use freshtrack_domain::device::{DevEui, Sensor};
use freshtrack_domain::ids::{SensorId, UserId};
use freshtrack_domain::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A store of records that forgets everything when it is dropped. Names its calls as the port does:
/// `records.commit`.
#[derive(Debug, Default)]
pub struct MemoryRecords {
    /// Which calls are to fail.
    pub faults: Faults,
    kept: Mutex<Kept>,
}

type Place = (Owner, RecordKind, String);

#[derive(Debug, Default, Clone)]
struct Kept {
    records: BTreeMap<Place, (RawRecord, u64)>,
    claims: BTreeMap<Claim, Holder>,
    outbox: Vec<Event>,
    shelf: Shelf,
}

impl MemoryRecords {
    /// Empty, beside `memory`: the alerts of records are kept with those of units.
    #[must_use]
    pub fn beside(memory: &Memory) -> Self {
        let kept = Kept {
            shelf: memory.shelf(),
            ..Kept::default()
        };
        Self {
            kept: Mutex::new(kept),
            ..Self::default()
        }
    }

    /// Takes out the events that changes have left in the outbox so far.
    pub fn take_outbox(&self) -> Vec<Event> {
        std::mem::take(&mut self.lock().outbox)
    }

    /// Changes a record behind everybody's back, as somebody with access to the store could.
    pub fn tamper(
        &self,
        owner: Owner,
        kind: RecordKind,
        key: &str,
        with: impl FnOnce(&mut serde_json::Value),
    ) {
        if let Some((record, _)) = self.lock().records.get_mut(&(owner, kind, key.to_owned())) {
            with(&mut record.data);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn read(&self, op: &'static str) -> Result<MutexGuard<'_, Kept>, PortError> {
        self.faults.call(op).await?;
        Ok(self.lock())
    }
}

impl Kept {
    fn rev(&self, owner: Owner, kind: RecordKind, key: &str) -> Option<u64> {
        self.records
            .get(&(owner, kind, key.to_owned()))
            .map(|(_, rev)| *rev)
    }

    fn commit(
        &mut self,
        op: &'static str,
        steps: &[Step],
        events: &[Event],
        now: Timestamp,
    ) -> Result<(), CommitError> {
        let targets: BTreeSet<_> = steps.iter().map(Step::target).collect();
        if steps.len() > MOST_STEPS || targets.len() < steps.len() {
            return Err(PortError::new(op, PortErrorKind::Rejected).into());
        }
        let mut next = self.clone();
        for (place, step) in steps.iter().enumerate() {
            if !next.take(step, now) {
                return Err(CommitError::Step(place));
            }
        }
        for step in steps {
            if let Step::Alert(org_id, alert) = step {
                next.shelf.lock().insert((*org_id, alert.id), Alert::clone(alert));
            }
        }
        next.outbox.extend_from_slice(events);
        *self = next;
        Ok(())
    }

    /// Takes one step; false if it finds something else than it expects.
    fn take(&mut self, step: &Step, now: Timestamp) -> bool {
        let put = |kept: &mut Self, owner: Owner, record: &RawRecord, rev| {
            kept.records
                .insert((owner, record.kind, record.key.clone()), (record.clone(), rev));
        };
        match step {
            Step::Insert(owner, record) => {
                let free = self.rev(*owner, record.kind, &record.key).is_none();
                put(self, *owner, record, 1);
                free
            }
            Step::Replace(owner, record, rev) => {
                let unchanged = self.rev(*owner, record.kind, &record.key) == Some(*rev);
                put(self, *owner, record, rev.saturating_add(1));
                unchanged
            }
            Step::Remove(owner, kind, key, rev) => {
                let removed = self.records.remove(&(*owner, *kind, key.clone()));
                removed.is_some_and(|(_, found)| found == *rev)
            }
            Step::Expect(owner, kind, key, rev) => {
                let found = self.rev(*owner, *kind, key);
                found.is_some() && (rev.is_none() || found == *rev)
            }
            Step::Claim(claim, holder) => {
                let before = self.claims.insert(claim.clone(), holder.clone());
                before.is_none_or(|before| before.id == holder.id || has_ended(&before, now))
            }
            Step::Release(claim, holder) => self
                .claims
                .remove(claim)
                .is_some_and(|before| before.id == *holder),
            // Written once all steps are taken.
            Step::Alert(..) => true,
        }
    }
}

fn has_ended(holder: &Holder, now: Timestamp) -> bool {
    holder.expires_at.is_some_and(|at| at <= now)
}

fn found(owner: Owner, (record, rev): &(RawRecord, u64)) -> Found {
    Found {
        owner,
        data: record.data.clone(),
        rev: *rev,
    }
}

#[async_trait]
impl Records for MemoryRecords {
    async fn find(&self, owner: Owner, kind: RecordKind, key: &str) -> Result<Option<Found>, PortError> {
        let kept = self.read("records.find").await?;
        let record = kept.records.get(&(owner, kind, key.to_owned()));
        Ok(record.map(|record| found(owner, record)))
    }

    async fn list(
        &self,
        owner: Owner,
        kind: RecordKind,
        after: Option<&str>,
        limit: usize,
        newest_first: bool,
    ) -> Result<Vec<Found>, PortError> {
        let kept = self.read("records.list").await?;
        let mut records: Vec<_> = kept
            .records
            .iter()
            .filter(|((whose, what, _), _)| (*whose, *what) == (owner, kind))
            .collect();
        if newest_first {
            records.reverse();
        }
        let behind = |key: &str| match after {
            None => true,
            Some(after) if newest_first => key < after,
            Some(after) => key > after,
        };
        Ok(records
            .into_iter()
            .filter(|((_, _, key), _)| behind(key))
            .take(limit)
            .map(|(_, record)| found(owner, record))
            .collect())
    }

    async fn list_eventually(&self, owner: Owner, kind: RecordKind) -> Result<Vec<Found>, PortError> {
        let kept = self.read("records.list_eventually").await?;
        let ours = kept
            .records
            .iter()
            .filter(|((whose, what, _), _)| (*whose, *what) == (owner, kind));
        Ok(ours.map(|(_, record)| found(owner, record)).collect())
    }

    async fn of_person(&self, person: UserId, kind: RecordKind) -> Result<Vec<Found>, PortError> {
        let kept = self.read("records.of_person").await?;
        Ok(kept
            .records
            .iter()
            .filter(|((_, what, _), (record, _))| *what == kind && record.person == Some(person))
            .map(|((owner, _, _), record)| found(*owner, record))
            .collect())
    }

    async fn listed(
        &self,
        kind: RecordKind,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Found>, PortError> {
        let kept = self.read("records.listed").await?;
        let mut listed: Vec<_> = kept
            .records
            .iter()
            .filter(|((_, what, key), (record, _))| {
                *what == kind && record.listed && before.is_none_or(|before| key.as_str() < before)
            })
            .collect();
        listed.sort_by(|((_, _, one), _), ((_, _, other), _)| other.cmp(one));
        Ok(listed
            .into_iter()
            .take(limit)
            .map(|((owner, _, _), record)| found(*owner, record))
            .collect())
    }

    async fn holder(&self, claim: &Claim, now: Timestamp) -> Result<Option<Holder>, PortError> {
        let kept = self.read("records.holder").await?;
        let holder = kept.claims.get(claim).cloned();
        Ok(holder.filter(|holder| !has_ended(holder, now)))
    }

    async fn commit(&self, steps: &[Step], events: &[Event], now: Timestamp) -> Result<(), CommitError> {
        const OP: &str = "records.commit";
        self.faults.call(OP).await?;
        self.lock().commit(OP, steps, events, now)?;
        Ok(self.faults.answer(OP).await?)
    }
}

#[async_trait]
impl Devices for MemoryRecords {
    async fn by_eui(&self, scope: OrgScope, dev_eui: DevEui) -> Result<Option<Sensor>, PortError> {
        const OP: &str = "devices.by_eui";
        let kept = self.read(OP).await?;
        let Some(holder) = kept.claims.get(&eui_claim(dev_eui)) else {
            return Ok(None);
        };
        let sensor: Sensor = serde_json::from_value(holder.data.clone())
            .map_err(|error| PortError::because(OP, PortErrorKind::Corrupt, error))?;
        Ok(Some(sensor).filter(|sensor| sensor.org_id == scope.org_id()))
    }

    async fn by_id(&self, scope: OrgScope, sensor_id: SensorId) -> Result<Option<Sensor>, PortError> {
        let kept = self.read("devices.by_id").await?;
        let owner = Owner::from(scope);
        let place = (owner, <Sensor as Record>::KIND, sensor_id.to_string());
        let found = kept.records.get(&place).map(|record| found(owner, record));
        Ok(found
            .map(Found::read)
            .transpose()?
            .map(|stored: Stored<Sensor>| stored.record))
    }

    async fn now(&self, scope: OrgScope, key: SensorKey) -> Result<Option<Sensor>, PortError> {
        match key {
            SensorKey::DevEui(dev_eui) => self.by_eui(scope, dev_eui).await,
            SensorKey::Id(id) => self.by_id(scope, id).await,
        }
    }
}
