//! What is stored.

use crate::error::PortError;
use crate::receive_uplinks::Uplink;
use crate::scope::OrgScope;
use async_trait::async_trait;
use freshtrack_contracts::alerts::TrailEntry;
use freshtrack_contracts::ingest::QuarantineReason;
use freshtrack_domain::alert::{Alert, AlertStatus};
use freshtrack_domain::device::{DevEui, Sensor};
use freshtrack_domain::ids::{AlertId, FrameId, SensorId, UnitId};
use freshtrack_domain::log::{Entry, SealedBlock};
use freshtrack_domain::time::Timestamp;
use freshtrack_domain::unit::{Change, UnitRecord};
use serde::{Deserialize, Serialize};

/// A unit that only the clock can judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueUnit {
    /// The unit.
    pub unit_id: UnitId,
    /// Since when.
    pub due: Timestamp,
}

/// The state of every unit, with the head of its reading log.
#[async_trait]
pub trait UnitStates: Send + Sync {
    /// The unit as it was last saved, read consistently; `None` if it never was.
    ///
    /// # Errors
    /// When the store does not answer or holds nonsense.
    async fn load(&self, scope: OrgScope, unit_id: UnitId) -> Result<Option<UnitRecord>, PortError>;

    /// The unit as it was a moment ago, for half of what [`UnitStates::load`] costs: for screens, never to decide a change
    /// by.
    ///
    /// # Errors
    /// When the store does not answer or holds nonsense.
    async fn load_eventually(
        &self,
        scope: OrgScope,
        unit_id: UnitId,
    ) -> Result<Option<UnitRecord>, PortError>;

    /// Saves `record` if the stored one still has `record.rev`, and raises `record.rev` by one. Alerts among
    /// `changes` are stored in the same step, and `changes` leave by the outbox: all of it or nothing.
    ///
    /// # Errors
    /// `Conflict` when someone else saved in between: load again and decide anew.
    async fn save(
        &self,
        scope: OrgScope,
        record: &mut UnitRecord,
        changes: &[Change],
    ) -> Result<(), PortError>;

    /// All units of the organization.
    ///
    /// # Errors
    /// When the store does not answer or holds nonsense.
    async fn list(&self, scope: OrgScope) -> Result<Vec<UnitRecord>, PortError>;

    /// The units of the organization at which something [fell due](UnitRecord::next_due) by `now`. What was saved a moment
    /// ago may not count yet.
    ///
    /// # Errors
    /// When the store does not answer or holds nonsense.
    async fn due(&self, scope: OrgScope, now: Timestamp) -> Result<Vec<DueUnit>, PortError>;
}

/// A reading that came after newer ones had been sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LateEntry {
    /// The reading.
    pub entry: Entry,
    /// The sensor that measured it.
    pub sensor_id: SensorId,
}

/// What is not in the head any more.
#[async_trait]
pub trait ReadingLog: Send + Sync {
    /// Stores a sealed block. Storing the same block again does nothing.
    ///
    /// # Errors
    /// `Conflict` when another block stands in its place.
    async fn put_block(&self, scope: OrgScope, unit_id: UnitId, block: &SealedBlock)
    -> Result<(), PortError>;

    /// Stores a late reading; false if it is there already.
    ///
    /// # Errors
    /// When it is not stored.
    async fn put_late(&self, scope: OrgScope, unit_id: UnitId, late: &LateEntry) -> Result<bool, PortError>;

    /// The blocks that may hold readings from `from` to `to`, both included, in order, at most `most`. Unless they are to be
    /// `fresh`, which costs twice as much, the newest may be missing that were stored a moment ago.
    ///
    /// # Errors
    /// When the store does not answer or holds nonsense.
    async fn blocks(
        &self,
        scope: OrgScope,
        unit_id: UnitId,
        from: Timestamp,
        to: Timestamp,
        most: usize,
        fresh: bool,
    ) -> Result<Vec<SealedBlock>, PortError>;

    /// Late readings measured from `from` to `to`, both included, in order.
    ///
    /// # Errors
    /// When the store does not answer or holds nonsense.
    async fn late(
        &self,
        scope: OrgScope,
        unit_id: UnitId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<LateEntry>, PortError>;
}

/// The registered sensors, as whoever takes their readings looks them up: by one read, and by none for a sensor that was
/// looked up within the last minute. They are registered and changed as [records](super::Records).
#[async_trait]
pub trait Devices: Send + Sync {
    /// The organization's sensor with this DevEUI. The answer may be a minute old.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn by_eui(&self, scope: OrgScope, dev_eui: DevEui) -> Result<Option<Sensor>, PortError>;

    /// The organization's sensor with this identifier. The answer may be a minute old.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn by_id(&self, scope: OrgScope, sensor_id: SensorId) -> Result<Option<Sensor>, PortError>;

    /// The organization's sensor as it is at this moment. What is remembered of it is forgotten.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn now(&self, scope: OrgScope, key: SensorKey) -> Result<Option<Sensor>, PortError>;
}

/// By which of its names a sensor is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SensorKey {
    /// What the radio network calls it.
    DevEui(DevEui),
    /// Its identifier.
    Id(SensorId),
}

/// A frame kept aside with all that is needed to take it in again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuarantinedUplink {
    /// Its identifier.
    pub id: FrameId,
    /// Why it is here.
    pub reason: QuarantineReason,
    /// What exactly was wrong.
    pub detail: String,
    /// When it was last put here: it is kept from then on, for the time a device tells may be any.
    pub kept_at: Timestamp,
    /// The frame.
    pub uplink: Uplink,
}

/// Frames that nothing could be done with yet.
#[async_trait]
pub trait Quarantine: Send + Sync {
    /// Keeps a frame. Keeping the same one again only keeps it longer.
    ///
    /// # Errors
    /// When it is not safely kept.
    async fn keep(&self, scope: OrgScope, frame: &QuarantinedUplink) -> Result<(), PortError>;

    /// Frames kept, the newest first, those behind `after` in that order only, at most `limit`.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn list(
        &self,
        scope: OrgScope,
        after: Option<FrameId>,
        limit: usize,
    ) -> Result<Vec<QuarantinedUplink>, PortError>;

    /// Frames kept of one device, the oldest first, those behind `after` only, at most `limit`. One that was put here a
    /// moment ago may be missing.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn of_device(
        &self,
        scope: OrgScope,
        dev_eui: DevEui,
        after: Option<FrameId>,
        limit: usize,
    ) -> Result<Vec<QuarantinedUplink>, PortError>;

    /// One frame.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn find(&self, scope: OrgScope, id: FrameId) -> Result<Option<QuarantinedUplink>, PortError>;

    /// Removes a frame that was taken in.
    ///
    /// # Errors
    /// When it may still be there.
    async fn remove(&self, scope: OrgScope, id: FrameId) -> Result<(), PortError>;
}

/// Alerts as they are kept.
#[async_trait]
pub trait Alerts: Send + Sync {
    /// Alerts of `status`, the newest first, those behind `after` in that order only, at most `limit`.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn list(
        &self,
        scope: OrgScope,
        status: AlertStatus,
        after: Option<AlertId>,
        limit: usize,
    ) -> Result<Vec<Alert>, PortError>;

    /// Alerts of any status that opened from `from` to `to`, both included, in order. What was stored before is among them.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn opened(&self, scope: OrgScope, from: Timestamp, to: Timestamp) -> Result<Vec<Alert>, PortError>;

    /// Keeps an alert that was found out after it had ended; its event leaves by the outbox in the same step. False if it is
    /// kept already.
    ///
    /// # Errors
    /// When it may not be kept.
    async fn keep_found(&self, scope: OrgScope, alert: &Alert) -> Result<bool, PortError>;

    /// One alert and what happened to it, oldest first.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn find(&self, scope: OrgScope, id: AlertId)
    -> Result<Option<(Alert, Vec<TrailEntry>)>, PortError>;

    /// One alert as it is now, for whoever does something about it.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn now(&self, scope: OrgScope, id: AlertId) -> Result<Option<Alert>, PortError>;

    /// Adds to the trail of an alert. Adding the same event again does nothing.
    ///
    /// # Errors
    /// When it is not stored.
    async fn add_trail(&self, scope: OrgScope, id: AlertId, entry: &TrailEntry) -> Result<(), PortError>;
}
