//! Alerts: what a unit asks of people, from opening to resolution.

use crate::ids::{AlertId, ProcessId, SensorId, SiteId, UnitId};
use crate::measurement::CentiCelsius;
use crate::time::Timestamp;
use crate::unit::AlarmId;
use serde::{Deserialize, Serialize};

/// What an alert is about. A unit has at most one open alert of each kind, and of each sensor where it is about one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// The temperature is outside the unit's limits.
    TempExcursion,
    /// The sensor answers but its temperature cannot be used.
    SensorFault,
    /// Nothing is heard of the sensor.
    MonitoringInterrupted,
    /// Nobody has logged a temperature by hand that was due: in place of a sensor that is silent, or of a unit that has none.
    MissedManualEntry,
    /// The door has been open for too long.
    DoorOpen,
    /// The battery of a sensor runs out. A unit may have several open: one for each sensor.
    LowBattery,
    /// The temperature does not get better though the door is closed.
    SuspectedCoolingFailure,
    /// The calibration of the sensor that drives the unit runs out, or has.
    CalibrationDue,
    /// A timed process misses a deadline or a limit, or is about to. A unit may have several open: one for each process.
    TimedProcess,
    /// The unit was beyond its legal limit for too long in all within the rolling window, by excursions that are no alarm one
    /// by one.
    CumulativeExposure,
    /// The temperature rises faster than it should.
    TempRising,
    /// The temperature goes up and down.
    TempOscillating,
    /// What was frozen has thawed.
    FreezeThaw,
    /// The air is too humid.
    HumidityHigh,
    /// Two sensors of the unit do not measure the same.
    SensorsDisagree,
    /// The door is opened very often.
    DoorCycling,
    /// The door was opened while the site was closed.
    DoorAfterHours,
    /// The door contact has told the same for days.
    DoorContactStuck,
    /// The radio hears the sensor badly.
    WeakSignal,
    /// The unit has had one alarm after another.
    RepeatedAlarm,
}

impl AlertKind {
    /// All of them. Where each one stands is stored, so new ones come last.
    pub(crate) const ALL: [Self; 20] = [
        Self::TempExcursion,
        Self::SensorFault,
        Self::MonitoringInterrupted,
        Self::MissedManualEntry,
        Self::DoorOpen,
        Self::LowBattery,
        Self::SuspectedCoolingFailure,
        Self::CalibrationDue,
        Self::TimedProcess,
        Self::CumulativeExposure,
        Self::TempRising,
        Self::TempOscillating,
        Self::FreezeThaw,
        Self::HumidityHigh,
        Self::SensorsDisagree,
        Self::DoorCycling,
        Self::DoorAfterHours,
        Self::DoorContactStuck,
        Self::WeakSignal,
        Self::RepeatedAlarm,
    ];

    /// Whether it is about food that was out of range.
    #[must_use]
    pub const fn is_of_temperature(self) -> bool {
        matches!(self, Self::TempExcursion | Self::CumulativeExposure)
    }
}

/// Some of the kinds of alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(into = "u32", from = "u32")]
pub struct AlertKinds(u32);

impl AlertKinds {
    /// All of them, also those that are yet to be invented.
    pub const ALL: Self = Self(u32::MAX);

    /// None of them.
    pub const NONE: Self = Self(0);

    /// These and `others`.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether `kind` is one of them.
    #[must_use]
    pub const fn contains(self, kind: AlertKind) -> bool {
        self.0 >> kind as u16 & 1 == 1
    }
}

/// All of them as they were written while there were sixteen kinds at most.
const ALL_OF_SIXTEEN: u32 = 0xFFFF;
/// What tells that the first sixteen are meant and no others.
const NO_MORE: u32 = 1 << 31;

impl From<AlertKinds> for u32 {
    fn from(kinds: AlertKinds) -> Self {
        match kinds {
            AlertKinds::ALL => ALL_OF_SIXTEEN,
            AlertKinds(ALL_OF_SIXTEEN) => ALL_OF_SIXTEEN | NO_MORE,
            AlertKinds(bits) => bits,
        }
    }
}

impl From<u32> for AlertKinds {
    fn from(bits: u32) -> Self {
        match bits {
            ALL_OF_SIXTEEN => Self::ALL,
            bits => Self(bits & !NO_MORE),
        }
    }
}

impl FromIterator<AlertKind> for AlertKinds {
    fn from_iter<I: IntoIterator<Item = AlertKind>>(kinds: I) -> Self {
        Self(kinds.into_iter().fold(0, |bits, kind| bits | 1 << kind as u16))
    }
}

/// How much an alert matters. Ordered: a later one is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Needs attention today.
    Warning,
    /// Needs a person now.
    Critical,
    /// Needs everybody who can help now: food is about to be lost, or is.
    Emergency,
}

impl Severity {
    /// All of them, in order. Where each one stands is stored.
    pub(crate) const ALL: [Self; 4] = [Self::Info, Self::Warning, Self::Critical, Self::Emergency];

    /// Whether somebody is woken for it.
    #[must_use]
    pub const fn is_alarm(self) -> bool {
        matches!(self, Self::Critical | Self::Emergency)
    }
}

/// Whether an alert still asks for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlertStatus {
    /// The condition holds.
    Open,
    /// The condition is over.
    Resolved,
}

/// Which limit was crossed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Too warm.
    High,
    /// Too cold.
    Low,
}

impl Side {
    /// Both. Where each one stands is stored.
    pub(crate) const ALL: [Self; 2] = [Self::High, Self::Low];
}

/// One alert as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Its identifier.
    pub id: AlertId,
    /// The unit it is about.
    pub unit_id: UnitId,
    /// The site that unit is in.
    pub site_id: SiteId,
    /// What it is about.
    pub kind: AlertKind,
    /// The worst it has been.
    pub severity: Severity,
    /// Whether the condition holds.
    pub status: AlertStatus,
    /// When the condition began.
    pub opened_at: Timestamp,
    /// When it rose to its present severity.
    pub escalated_at: Option<Timestamp>,
    /// When the condition ended.
    pub resolved_at: Option<Timestamp>,
    /// When it was found out, if that was only after it had ended: by readings that came late.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub found_at: Option<Timestamp>,
    /// The temperature that opened it.
    pub trigger: Option<CentiCelsius>,
    /// The worst temperature so far.
    pub worst: Option<CentiCelsius>,
    /// The limit that was crossed, as it stood then.
    pub limit: Option<CentiCelsius>,
    /// Which side of the range was crossed.
    pub side: Option<Side>,
    /// The sensor it is about, if it is about one of several.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sensor_id: Option<SensorId>,
    /// The alert that was open when this one opened and may explain it: the open door of an excursion, the excursion of a
    /// cooling that seems to fail.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub related_id: Option<AlertId>,
    /// The timed process it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub process_id: Option<ProcessId>,
    /// The alarm of the library by which it opened or last became worse, if that was none of the engine's own rules.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub alarm: Option<AlarmId>,
    /// Why it is there, in one sentence a cook can read.
    pub explanation: String,
}
