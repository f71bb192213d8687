//! Sites, areas and units: what is happening in them, and how they are set up.

mod alarms;
mod replay;
mod setup;

pub use alarms::*;
pub use replay::*;
pub use setup::*;

use crate::time::Instant;
use freshtrack_domain::alert::Severity;
use freshtrack_domain::ids::{AreaId, OrgId, SiteId, UnitId};
use freshtrack_domain::measurement::Door;
use freshtrack_domain::unit::{Silence, UnitKind, UnitRecord, UnitStatus};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is happening in a unit now. The same shape in replies and in live messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnitSnapshot {
    /// The unit.
    pub unit_id: UnitId,
    /// The site it is in.
    pub site_id: SiteId,
    /// Rises by one with every change; a gap means that a message was missed.
    pub rev: u64,
    /// Where the unit stands.
    pub status: UnitStatus,
    /// Since when.
    pub status_since: Instant,
    /// How far the silence of its sensor has gone; `null` while it reports. Told beside the status, which may have worse to
    /// tell.
    pub silence: Option<Silence>,
    /// When its next temperature is to be logged by hand; `null` unless it is logged by hand and no sensor drives it.
    #[serde(default)]
    pub log_due_at: Option<Instant>,
    /// The newest temperature in degrees Celsius.
    pub temperature_c: Option<f64>,
    /// When that was measured.
    pub measured_at: Option<Instant>,
    /// When anything was last measured.
    pub seen_at: Option<Instant>,
    /// The newest relative humidity in percent.
    pub humidity_percent: Option<f64>,
    /// The battery in percent.
    pub battery_percent: Option<u8>,
    /// The signal strength in dBm.
    pub rssi_dbm: Option<i16>,
    /// The door.
    pub door: Option<Door>,
    /// Since when the door has been so.
    pub door_since: Option<Instant>,
    /// The worst severity among its open alerts.
    pub severity: Option<Severity>,
    /// The lower alarm limit in degrees Celsius.
    pub low_c: f64,
    /// The upper alarm limit in degrees Celsius.
    pub high_c: f64,
}

impl From<&UnitRecord> for UnitSnapshot {
    fn from(record: &UnitRecord) -> Self {
        let state = &record.state;
        let rules = state.rules();
        Self {
            unit_id: state.unit_id,
            site_id: state.site_id,
            rev: record.rev,
            status: state.status,
            status_since: state.status_since.into(),
            silence: state.silence,
            log_due_at: state.log_due.map(Into::into),
            temperature_c: state.last.map(|last| last.temperature.celsius()),
            measured_at: state.last.map(|last| last.recorded_at.into()),
            seen_at: state.seen_at.map(Into::into),
            humidity_percent: state.humidity.map(|humidity| humidity.percent()),
            battery_percent: state.battery_percent(),
            rssi_dbm: state.rssi_dbm(),
            door: state.door.map(|door| door.door),
            door_since: state.door.map(|door| door.since.into()),
            severity: state.worst_severity(),
            low_c: rules.low.celsius(),
            high_c: rules.high.celsius(),
        }
    }
}

/// A unit with its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnitView {
    /// The unit's identifier.
    pub id: UnitId,
    /// The area it is in.
    pub area_id: AreaId,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: UnitKind,
    /// What is happening in it.
    pub now: UnitSnapshot,
}

/// An area with its units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AreaView {
    /// The area's identifier.
    pub id: AreaId,
    /// Its name.
    pub name: String,
    /// Its units.
    pub units: Vec<UnitView>,
}

/// A site with its areas.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SiteView {
    /// The site's identifier.
    pub id: SiteId,
    /// Its name.
    pub name: String,
    /// IANA time zone.
    pub time_zone: String,
    /// Its areas.
    pub areas: Vec<AreaView>,
}

/// `GET /v1/orgs/{org_id}/overview`: everything a dashboard shows first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Overview {
    /// The organization.
    pub org_id: OrgId,
    /// Its name.
    pub name: String,
    /// Its sites.
    pub sites: Vec<SiteView>,
    /// When this was read. Ask the live channel to resume from here.
    pub as_of: Instant,
}
