//! What is known of a unit now. Small enough to be written with every reading.

use super::explain::{Telling, explain};
use super::{Contact, Overrides, Rules, SensorTrack, Silence, UnitKind};
use crate::alert::{Alert, AlertKind, AlertStatus, Severity, Side};
use crate::ids::{AlertId, AreaId, Id, SiteId, UnitId};
use crate::measurement::{Battery, CentiCelsius, Door, Humidity};
use crate::time::Timestamp;
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
    #[serde(rename = "sd")]
    pub side: Side,
    /// Readings out of range so far, saturating.
    #[serde(rename = "n")]
    pub samples: u8,
}

/// The door, for units that have a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoorState {
    /// Open or closed.
    #[serde(rename = "s")]
    pub door: Door,
    /// Since when it has been so.
    #[serde(rename = "at")]
    pub since: Timestamp,
    /// When it was last reported.
    #[serde(rename = "sn")]
    pub seen_at: Timestamp,
}

/// An open alert of the unit, as much of it as deciding needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenAlert {
    /// How many alerts the unit had opened before. With kind and time it gives [the identifier](UnitState::alert_id).
    #[serde(rename = "n")]
    pub number: u32,
    /// What it is about.
    #[serde(rename = "k", with = "kind_code")]
    pub kind: AlertKind,
    /// Its severity now.
    #[serde(rename = "sv", with = "severity_code")]
    pub severity: Severity,
    /// When it opened.
    #[serde(rename = "at")]
    pub opened_at: Timestamp,
    /// When what it is about began, if that was before it opened: the sensor was last heard, a log by hand was last made.
    #[serde(rename = "si", skip_serializing_if = "Option::is_none", default)]
    pub since: Option<Timestamp>,
    /// When it rose to its present severity.
    #[serde(rename = "up", skip_serializing_if = "Option::is_none", default)]
    pub escalated_at: Option<Timestamp>,
    /// The temperature that opened it.
    #[serde(rename = "t", skip_serializing_if = "Option::is_none", default)]
    pub trigger: Option<CentiCelsius>,
    /// The worst temperature since.
    #[serde(rename = "w", skip_serializing_if = "Option::is_none", default)]
    pub worst: Option<CentiCelsius>,
    /// The limit as it stood when it was crossed.
    #[serde(rename = "l", skip_serializing_if = "Option::is_none", default)]
    pub limit: Option<CentiCelsius>,
    /// Which limit.
    #[serde(rename = "sd", skip_serializing_if = "Option::is_none", default)]
    pub side: Option<Side>,
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
    #[serde(rename = "u")]
    pub unit_id: UnitId,
    /// The site it is in.
    #[serde(rename = "si")]
    pub site_id: SiteId,
    /// The area it is in.
    #[serde(rename = "ar")]
    pub area_id: AreaId,
    /// Its kind.
    #[serde(rename = "k")]
    pub kind: UnitKind,
    /// What its tenant has set.
    #[serde(rename = "o", default)]
    pub overrides: Overrides,
    /// Whether it is judged at all. One that was deleted is not, though what it measures is kept.
    #[serde(rename = "ac", default = "yes", skip_serializing_if = "is_true")]
    pub active: bool,
    /// By what all of the above was settled.
    #[serde(rename = "by", default)]
    pub basis: Basis,
    /// Where it stands.
    #[serde(rename = "st")]
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
    /// The newest word on the battery.
    #[serde(rename = "b", skip_serializing_if = "Option::is_none", default)]
    pub battery: Option<Battery>,
    /// The newest signal strength in dBm.
    #[serde(rename = "r", skip_serializing_if = "Option::is_none", default)]
    pub rssi_dbm: Option<i16>,
    /// The door.
    #[serde(rename = "d", skip_serializing_if = "Option::is_none", default)]
    pub door: Option<DoorState>,
    /// From when the silence of the sensor that drives it counts; `None` while no sensor is to be waited for.
    #[serde(rename = "c", skip_serializing_if = "Option::is_none", default)]
    pub contact: Option<Contact>,
    /// How far that silence has gone. The status tells of it unless it has worse to tell.
    #[serde(rename = "q", skip_serializing_if = "Option::is_none", default)]
    pub silence: Option<Silence>,
    /// When a temperature was last logged by hand.
    #[serde(rename = "lg", skip_serializing_if = "Option::is_none", default)]
    pub logged_at: Option<Timestamp>,
    /// The excursion going on.
    #[serde(rename = "x", skip_serializing_if = "Option::is_none", default)]
    pub excursion: Option<Excursion>,
    /// Good readings in a row while restoring.
    #[serde(rename = "g", default)]
    pub recovery: u8,
    /// Open alerts, at most one of each kind.
    #[serde(rename = "al", default)]
    pub alerts: Vec<OpenAlert>,
    /// Alerts opened in the life of the unit; makes each one's identifier its own.
    #[serde(rename = "ep", default)]
    pub episodes: u32,
    /// What is remembered of each sensor. A sensor's place here is its slot in the reading log.
    #[serde(rename = "se", default)]
    pub sensors: Vec<SensorTrack>,
}

/// A word as its place among all of its kind: the state is written with every reading.
macro_rules! code {
    ($module:ident, $type:ty) => {
        mod $module {
            use serde::de::Error;
            use serde::{Deserialize, Deserializer, Serializer};

            pub(super) fn serialize<S: Serializer>(value: &$type, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u8(*value as u8)
            }

            pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                let code = u8::deserialize(deserializer)?;
                let known = <$type>::ALL.get(usize::from(code));
                known
                    .copied()
                    .ok_or_else(|| D::Error::custom(format_args!("nothing has the code {code}")))
            }
        }
    };
}

code!(kind_code, crate::alert::AlertKind);
code!(severity_code, crate::alert::Severity);

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
            active: true,
            basis: Basis::default(),
            status: UnitStatus::Pending,
            status_since: now,
            last: None,
            seen_at: None,
            humidity: None,
            battery: None,
            rssi_dbm: None,
            door: None,
            contact: None,
            silence: None,
            logged_at: None,
            excursion: None,
            recovery: 0,
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

    /// The worst severity among the open alerts.
    #[must_use]
    pub fn worst_severity(&self) -> Option<Severity> {
        self.alerts.iter().map(|alert| alert.severity).max()
    }

    /// The identifier of an alert of the unit: derived, not drawn. Two workers that judge the same reading, or one that
    /// tries again after a crash, arrive at the same alert.
    #[must_use]
    pub fn alert_id(&self, alert: &OpenAlert) -> AlertId {
        let mut hash = Sha256::new();
        hash.update(self.unit_id.ulid().to_bytes());
        hash.update([alert.kind as u8]);
        hash.update(alert.number.to_be_bytes());
        hash.update(alert.opened_at.as_millis().to_be_bytes());
        let digest = hash.finalize();
        let random = digest
            .iter()
            .take(10)
            .fold(0_u128, |value, byte| value << 8 | u128::from(*byte));
        let millis = u64::try_from(alert.opened_at.as_millis()).unwrap_or(0);
        AlertId::from_ulid(Ulid::from_parts(millis, random))
    }

    /// The open alerts as they are kept.
    pub fn open_alerts(&self) -> impl Iterator<Item = Alert> {
        let rules = self.rules();
        self.alerts.iter().map(move |alert| {
            let at = alert.escalated_at.unwrap_or(alert.opened_at);
            let telling = if alert.escalated_at.is_some() {
                Telling::Upgraded
            } else {
                Telling::Opened
            };
            self.describe(&rules, alert, telling, at)
        })
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
            explanation: explain(self.kind, rules, alert, telling, at),
        }
    }
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
