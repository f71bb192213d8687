//! What is known of a unit now. Small enough to be written with every reading.

use super::explain::{Fact, Telling, explain};
use super::stored;
use super::{
    AlarmMemory, AlarmSettings, Contact, Exposed, LegalSource, OpenAlert, Overrides, Related, Rules,
    SensorTrack, Silence, UnitKind,
};
use crate::alert::{Alert, AlertKind, AlertKinds, AlertStatus, Severity, Side};
use crate::ids::{AlertId, AreaId, Id, SiteId, UnitId};
use crate::measurement::{CentiCelsius, Door, Humidity};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ulid::Ulid;

/// Where a unit stands (specification 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum UnitStatus {
    /// No reading has come yet.
    Pending,
    /// In range.
    Ok,
    /// Out of range, not yet confirmed.
    Excursion,
    /// Confirmed out of range.
    AlarmActive,
    /// Back in range, not yet for long enough.
    Restoring,
    /// Reports of the sensor are missing. What was last known was in range.
    Offline,
    /// So many reports are missing that nobody watches the unit any more.
    MonitoringInterrupted,
    /// Nobody watches it, and no temperature was logged by hand for too long.
    ManualRequired,
}

impl UnitStatus {
    /// All of them. Where each one stands is stored, so new ones come last.
    pub(super) const ALL: [Self; 8] = [
        Self::Pending,
        Self::Ok,
        Self::Excursion,
        Self::AlarmActive,
        Self::Restoring,
        Self::Offline,
        Self::MonitoringInterrupted,
        Self::ManualRequired,
    ];

    /// How bad it is, for finding the worst of many. A confirmed alarm outranks everything, silence above all.
    #[must_use]
    pub const fn badness(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Pending => 1,
            Self::Restoring => 2,
            Self::Offline => 3,
            Self::MonitoringInterrupted => 4,
            Self::ManualRequired => 5,
            Self::Excursion => 6,
            Self::AlarmActive => 7,
        }
    }
}

/// The newest temperature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastReading {
    /// When it was measured.
    #[serde(rename = "at")]
    pub recorded_at: Timestamp,
    /// The temperature.
    #[serde(rename = "t")]
    pub temperature: CentiCelsius,
}

/// An excursion that is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excursion {
    /// When the first reading out of range was measured.
    #[serde(rename = "at")]
    pub since: Timestamp,
    /// Which limit was crossed.
    #[serde(rename = "sd", with = "stored::side")]
    pub side: Side,
    /// Readings out of range so far, saturating.
    #[serde(rename = "n")]
    pub samples: u8,
    /// When the first reading out of range was measured, if an open door excused it until the excursion began.
    #[serde(rename = "f", skip_serializing_if = "Option::is_none", default)]
    pub excused_since: Option<Timestamp>,
}

/// What an open door has excused of late: out of range, and yet no excursion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Masking {
    /// From when the present day is counted: its first excuse.
    #[serde(rename = "at")]
    pub day: Timestamp,
    /// How long the excuses of that day lasted that are over.
    #[serde(rename = "u", default)]
    pub used: Span,
    /// The one that goes on.
    #[serde(rename = "n", skip_serializing_if = "Option::is_none", default)]
    pub current: Option<Mask>,
}

/// An excuse that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mask {
    /// When the first reading out of range was measured.
    #[serde(rename = "at")]
    pub since: Timestamp,
    /// When it is an excuse no more.
    #[serde(rename = "to")]
    pub until: Timestamp,
    /// Readings out of range so far, saturating.
    #[serde(rename = "n")]
    pub samples: u8,
}

/// A temperature of an excursion, to compare a later one with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark(pub Timestamp, pub CentiCelsius);

/// A time in which alerts of some kinds are held back: what happens is judged, and nobody is told of what begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    into = "(AlertKinds, Timestamp, Timestamp)",
    from = "(AlertKinds, Timestamp, Timestamp)"
)]
pub struct Quiet {
    /// The kinds.
    pub kinds: AlertKinds,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends: what still holds then is told.
    pub until: Timestamp,
}

impl From<Quiet> for (AlertKinds, Timestamp, Timestamp) {
    fn from(quiet: Quiet) -> Self {
        (quiet.kinds, quiet.from, quiet.until)
    }
}

impl From<(AlertKinds, Timestamp, Timestamp)> for Quiet {
    fn from((kinds, from, until): (AlertKinds, Timestamp, Timestamp)) -> Self {
        Self { kinds, from, until }
    }
}

/// The door, for units that have a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoorState {
    /// Open or closed.
    #[serde(rename = "s", with = "stored::door")]
    pub door: Door,
    /// Since when it has been so.
    #[serde(rename = "at")]
    pub since: Timestamp,
    /// When it was last reported.
    #[serde(rename = "sn")]
    pub seen_at: Timestamp,
    /// When it was first reported again that it is open, long enough after the first time for that to mean something.
    #[serde(rename = "ag", skip_serializing_if = "Option::is_none", default)]
    pub again_at: Option<Timestamp>,
}

/// Which revisions of what people set up a state was settled by, as a number: the same only for the same revisions of the
/// same records. Revisions only rise, so a basis that was left never comes back, though the values in it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Basis(u64);

impl Basis {
    /// The basis that records, told by their keys, are in these revisions.
    pub fn of(records: impl IntoIterator<Item = (String, u64)>) -> Self {
        let mut digest = Sha256::new();
        for (key, rev) in records {
            digest.update(key);
            digest.update([0]);
            digest.update(rev.to_be_bytes());
        }
        let digest: [u8; 32] = digest.finalize().into();
        Self(
            digest
                .iter()
                .take(8)
                .fold(0, |number, byte| number << 8 | u64::from(*byte)),
        )
    }
}

/// What is known of a unit now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitState {
    /// The unit.
    #[serde(rename = "u", with = "stored::id")]
    pub unit_id: UnitId,
    /// The site it is in.
    #[serde(rename = "si", with = "stored::id")]
    pub site_id: SiteId,
    /// The area it is in.
    #[serde(rename = "ar", with = "stored::id")]
    pub area_id: AreaId,
    /// Its kind.
    #[serde(rename = "k", with = "stored::kind")]
    pub kind: UnitKind,
    /// What its tenant has set.
    #[serde(rename = "o", with = "stored::overrides", default)]
    pub overrides: Overrides,
    /// Where the legal limit is written that its tenant has set.
    #[serde(rename = "ls", skip_serializing_if = "Option::is_none", default)]
    pub legal_source: Option<LegalSource>,
    /// Whether it is judged at all. One that was deleted is not, though what it measures is kept.
    #[serde(rename = "ac", default = "yes", skip_serializing_if = "is_true")]
    pub active: bool,
    /// By what all of the above was settled.
    #[serde(rename = "by", default)]
    pub basis: Basis,
    /// Where it stands.
    #[serde(rename = "st", with = "stored::status")]
    pub status: UnitStatus,
    /// Since when.
    #[serde(rename = "sc")]
    pub status_since: Timestamp,
    /// The newest temperature of the sensor that drives the unit.
    #[serde(rename = "la", skip_serializing_if = "Option::is_none", default)]
    pub last: Option<LastReading>,
    /// When anything was last measured.
    #[serde(rename = "sn", skip_serializing_if = "Option::is_none", default)]
    pub seen_at: Option<Timestamp>,
    /// The newest humidity.
    #[serde(rename = "h", skip_serializing_if = "Option::is_none", default)]
    pub humidity: Option<Humidity>,
    /// The door.
    #[serde(rename = "d", skip_serializing_if = "Option::is_none", default)]
    pub door: Option<DoorState>,
    /// What the open door has excused of late.
    #[serde(rename = "mk", skip_serializing_if = "Option::is_none", default)]
    pub masking: Option<Masking>,
    /// From when the silence of the sensor that drives it counts; `None` while no sensor is to be waited for.
    #[serde(rename = "c", skip_serializing_if = "Option::is_none", default)]
    pub contact: Option<Contact>,
    /// How far that silence has gone. The status tells of it unless it has worse to tell.
    #[serde(rename = "q", skip_serializing_if = "Option::is_none", default)]
    pub silence: Option<Silence>,
    /// When a temperature was last logged by hand.
    #[serde(rename = "lg", skip_serializing_if = "Option::is_none", default)]
    pub logged_at: Option<Timestamp>,
    /// When the next temperature is to be logged by hand, if the unit is logged by hand and no sensor drives it.
    #[serde(rename = "ld", skip_serializing_if = "Option::is_none", default)]
    pub log_due: Option<Timestamp>,
    /// When the state is to be settled again though nobody changes anything: what it follows goes by the calendar of its
    /// site, of which it knows only what comes next.
    #[serde(rename = "sa", skip_serializing_if = "Option::is_none", default)]
    pub settle_at: Option<Timestamp>,
    /// The excursion going on.
    #[serde(rename = "x", skip_serializing_if = "Option::is_none", default)]
    pub excursion: Option<Excursion>,
    /// Temperatures of that excursion as they went with the door closed, oldest first.
    #[serde(rename = "co", skip_serializing_if = "Vec::is_empty", default)]
    pub course: Vec<Mark>,
    /// How long it was beyond its legal limit of late.
    #[serde(rename = "xp", skip_serializing_if = "Exposed::is_empty", default)]
    pub exposed: Exposed,
    /// When the calibration of the sensor that drives the unit expires.
    #[serde(rename = "ce", skip_serializing_if = "Option::is_none", default)]
    pub calibrated_until: Option<Timestamp>,
    /// When alerts are held back.
    #[serde(rename = "qt", skip_serializing_if = "Vec::is_empty", default)]
    pub quiet: Vec<Quiet>,
    /// Good readings in a row while restoring.
    #[serde(rename = "g", default)]
    pub recovery: u8,
    /// The alarms of the library in force.
    #[serde(rename = "am", skip_serializing_if = "is_standard", default)]
    pub alarms: AlarmSettings,
    /// What they remember.
    #[serde(rename = "me", skip_serializing_if = "AlarmMemory::is_empty", default)]
    pub memory: AlarmMemory,
    /// Open alerts, at most one of each kind and sensor.
    #[serde(rename = "al", with = "stored::alerts", default)]
    pub alerts: Vec<OpenAlert>,
    /// Alerts opened in the life of the unit; makes each one's identifier its own.
    #[serde(rename = "ep", default)]
    pub episodes: u32,
    /// What is remembered of each sensor. A sensor's place here is its slot in the reading log.
    #[serde(rename = "se", default)]
    pub sensors: Vec<SensorTrack>,
}

impl UnitState {
    /// A unit from which nothing has been heard.
    #[must_use]
    pub fn new(unit_id: UnitId, site_id: SiteId, area_id: AreaId, kind: UnitKind, now: Timestamp) -> Self {
        Self {
            unit_id,
            site_id,
            area_id,
            kind,
            overrides: Overrides::default(),
            legal_source: None,
            active: true,
            basis: Basis::default(),
            status: UnitStatus::Pending,
            status_since: now,
            last: None,
            seen_at: None,
            humidity: None,
            door: None,
            contact: None,
            silence: None,
            logged_at: None,
            log_due: None,
            settle_at: None,
            masking: None,
            excursion: None,
            course: Vec::new(),
            exposed: Exposed::default(),
            calibrated_until: None,
            quiet: Vec::new(),
            recovery: 0,
            alarms: AlarmSettings::default(),
            memory: AlarmMemory::default(),
            alerts: Vec::new(),
            episodes: 0,
            sensors: Vec::new(),
        }
    }

    /// The rules in force.
    #[must_use]
    pub fn rules(&self) -> Rules {
        Rules::effective(self.kind, &self.overrides)
    }

    /// The open alert of `kind`.
    #[must_use]
    pub fn alert(&self, kind: AlertKind) -> Option<&OpenAlert> {
        self.alerts.iter().find(|alert| alert.kind == kind)
    }

    /// The open alert of `kind` about the sensor in `slot`, or about the unit.
    pub(super) fn alert_about(&mut self, kind: AlertKind, slot: Option<u8>) -> Option<&mut OpenAlert> {
        self.alerts
            .iter_mut()
            .find(|alert| alert.kind == kind && alert.slot == slot)
    }

    /// What is remembered of the sensor in `slot`.
    pub(super) fn sensor_in(&self, slot: Option<u8>) -> Option<&SensorTrack> {
        self.sensors.get(usize::from(slot?))
    }

    /// The newest word on the battery of any of its sensors, in percent.
    #[must_use]
    pub fn battery_percent(&self) -> Option<u8> {
        let told = self
            .sensors
            .iter()
            .filter(|track| track.battery_percent.is_some());
        told.max_by_key(|track| track.newest_at)?.battery_percent
    }

    /// The newest signal strength of any of its sensors, in dBm.
    #[must_use]
    pub fn rssi_dbm(&self) -> Option<i16> {
        let told = self.sensors.iter().filter(|track| track.rssi_dbm.is_some());
        told.max_by_key(|track| track.newest_at)?.rssi_dbm
    }

    /// Whether the door is known to be open.
    #[must_use]
    pub fn door_is_open(&self) -> bool {
        self.door.is_some_and(|door| door.door == Door::Open)
    }

    /// The excuse of the open door that goes on.
    #[must_use]
    pub fn mask(&self) -> Option<Mask> {
        self.masking?.current
    }

    /// The worst severity among the open alerts that people were told of.
    #[must_use]
    pub fn worst_severity(&self) -> Option<Severity> {
        let told = self.alerts.iter().filter(|alert| !alert.held);
        told.map(|alert| alert.severity).max()
    }

    /// The identifier of an alert of the unit: derived, not drawn. Two workers that judge the same reading, or one that
    /// tries again after a crash, arrive at the same alert.
    #[must_use]
    pub fn alert_id(&self, alert: &OpenAlert) -> AlertId {
        self.id_of(alert.kind, Related(alert.number, alert.opened_at))
    }

    fn id_of(&self, kind: AlertKind, Related(number, opened_at): Related) -> AlertId {
        let mut hash = Sha256::new();
        hash.update(self.unit_id.ulid().to_bytes());
        hash.update([kind as u8]);
        hash.update(number.to_be_bytes());
        hash.update(opened_at.as_millis().to_be_bytes());
        let digest = hash.finalize();
        let random = digest
            .iter()
            .take(10)
            .fold(0_u128, |value, byte| value << 8 | u128::from(*byte));
        let millis = u64::try_from(opened_at.as_millis()).unwrap_or(0);
        AlertId::from_ulid(Ulid::from_parts(millis, random))
    }

    /// The open alerts that people were told of, as they are kept.
    pub fn open_alerts(&self) -> impl Iterator<Item = Alert> {
        let rules = self.rules();
        let told = self.alerts.iter().filter(|alert| !alert.held);
        told.map(move |alert| {
            let at = alert.escalated_at.unwrap_or(alert.opened_at);
            let telling = if alert.escalated_at.is_some() {
                Telling::Upgraded(Fact::Nothing)
            } else {
                Telling::Opened(Fact::Nothing)
            };
            self.describe(&rules, alert, telling, at)
        })
    }

    /// The alert that may explain one of `kind` that opens now.
    pub(super) fn explaining(&self, kind: AlertKind) -> Option<Related> {
        let open = self.alert(explained_by(kind)?).filter(|alert| !alert.held)?;
        Some(Related(open.number, open.opened_at))
    }

    /// `alert` as it is kept, with what this unit adds, when there is `telling` of it at `at`.
    pub(super) fn describe(
        &self,
        rules: &Rules,
        alert: &OpenAlert,
        telling: Telling,
        at: Timestamp,
    ) -> Alert {
        let resolved_at = matches!(telling, Telling::Resolved(_)).then_some(at);
        Alert {
            id: self.alert_id(alert),
            unit_id: self.unit_id,
            site_id: self.site_id,
            kind: alert.kind,
            severity: alert.severity,
            status: if resolved_at.is_some() {
                AlertStatus::Resolved
            } else {
                AlertStatus::Open
            },
            opened_at: alert.opened_at,
            escalated_at: alert.escalated_at,
            resolved_at,
            found_at: None,
            trigger: alert.trigger,
            worst: alert.worst,
            limit: alert.limit,
            side: alert.side,
            sensor_id: self.sensor_in(alert.slot).map(|track| track.id),
            related_id: explained_by(alert.kind)
                .zip(alert.related)
                .map(|(kind, related)| self.id_of(kind, related)),
            process_id: None,
            alarm: alert.alarm.map(|(alarm, _)| alarm),
            explanation: explain(self, rules, alert, telling, at),
        }
    }
}

/// Of which kind an alert is that may explain one of `kind` (specification 2.7).
const fn explained_by(kind: AlertKind) -> Option<AlertKind> {
    match kind {
        AlertKind::TempExcursion => Some(AlertKind::DoorOpen),
        AlertKind::SuspectedCoolingFailure => Some(AlertKind::TempExcursion),
        _ => None,
    }
}

fn is_standard(alarms: &AlarmSettings) -> bool {
    *alarms == AlarmSettings::default()
}

const fn yes() -> bool {
    true
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
const fn is_true(value: &bool) -> bool {
    *value
}
