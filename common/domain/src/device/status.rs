//! How a sensor is.

use super::Sensor;
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How a sensor is (specification 2.8 and 10.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SensorStatus {
    /// It measures no unit: what it sends is kept aside.
    Unassigned,
    /// It is registered here and nowhere else, as far as is known, and nothing was heard of it in its present unit.
    Pending,
    /// It is registered at its network server, and nothing was heard of it in its present unit yet.
    Joining,
    /// It reports.
    Online,
    /// It has been silent for longer than two and a half of its intervals.
    Stale,
    /// It has missed five reports.
    Offline,
    /// It reports what cannot be right; or it does not report, and could not be registered at its network server.
    Fault,
    /// It measures no more.
    Retired,
}

/// What is known of a sensor, beside what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    /// When it was last heard of in its unit.
    pub seen_at: Option<Timestamp>,
    /// Whether what it reports cannot be right: its probe is missing, or no food has such a temperature.
    pub implausible: bool,
    /// How it stands at its network server.
    pub registration: Registration,
}

/// How a sensor stands at its network server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Registration {
    /// It is not registered there from here, or not yet.
    #[default]
    None,
    /// It is registered.
    Done,
    /// Work on its registration has ended before it was done: something stands in the way.
    Failed,
}

/// A text that names no status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be unassigned, pending, joining, online, stale, offline, fault or retired")]
pub struct UnknownSensorStatus;

/// Missed reports after which a sensor counts as offline (specification 2.3, `offlineCriticalMissedCheckins`).
const OFFLINE_AFTER: i64 = 5;
/// How late a report may be before it counts as missed (specification 2.3).
const GRACE: Span = Span::seconds(30);

impl SensorStatus {
    /// All of them, in the order of a sensor's life.
    pub const ALL: [Self; 8] = [
        Self::Unassigned,
        Self::Pending,
        Self::Joining,
        Self::Online,
        Self::Stale,
        Self::Offline,
        Self::Fault,
        Self::Retired,
    ];

    /// The name used on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unassigned => "unassigned",
            Self::Pending => "pending",
            Self::Joining => "joining",
            Self::Online => "online",
            Self::Stale => "stale",
            Self::Offline => "offline",
            Self::Fault => "fault",
            Self::Retired => "retired",
        }
    }

    /// How `sensor`, which reports every `interval` and of which `known` is known, is at `now`.
    #[must_use]
    pub fn of(sensor: &Sensor, known: Known, interval: Span, now: Timestamp) -> Self {
        if sensor.retired.is_some() {
            return Self::Retired;
        }
        if sensor.unit_id.is_none() {
            return Self::Unassigned;
        }
        let heard = known.seen_at.map(|seen| Self::heard(seen, interval, now));
        match (heard, known.registration) {
            (Some(Self::Online), _) if known.implausible => Self::Fault,
            (Some(Self::Online), _) => Self::Online,
            (_, Registration::Failed) => Self::Fault,
            (Some(silent), _) => silent,
            (None, Registration::Done) => Self::Joining,
            (None, Registration::None) => Self::Pending,
        }
    }

    fn heard(seen_at: Timestamp, interval: Span, now: Timestamp) -> Self {
        let (silence, interval) = (now.since(seen_at).as_millis(), interval.as_millis());
        if silence - GRACE.as_millis() >= OFFLINE_AFTER.saturating_mul(interval) {
            Self::Offline
        } else if silence.saturating_mul(2) > interval.saturating_mul(5) {
            Self::Stale
        } else {
            Self::Online
        }
    }
}

impl fmt::Display for SensorStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for SensorStatus {
    type Err = UnknownSensorStatus;

    fn from_str(text: &str) -> Result<Self, UnknownSensorStatus> {
        Self::ALL
            .into_iter()
            .find(|status| status.name() == text)
            .ok_or(UnknownSensorStatus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::{DevEui, Retirement};
    use crate::ids::{Id, OrgId, SensorId, Ulid, UnitId};

    const SEEN: Timestamp = Timestamp::from_seconds(1_790_000_000);

    fn sensor() -> Sensor {
        let nil = Ulid::nil();
        let (id, org) = (SensorId::from_ulid(nil), OrgId::from_ulid(nil));
        Sensor {
            unit_id: Some(UnitId::from_ulid(nil)),
            ..Sensor::new(id, org, DevEui(1), "dragino-lht65n")
        }
    }

    fn seen() -> Known {
        Known {
            seen_at: Some(SEEN),
            ..Known::default()
        }
    }

    #[test]
    fn a_sensor_that_is_not_heard_may_be_on_its_way_or_in_trouble() {
        use Registration::{Done, Failed, None};
        let (fresh, late) = (SEEN, SEEN + Span::hours(2));
        for (heard, implausible, registration, now, expected) in [
            (false, false, None, fresh, SensorStatus::Pending),
            (false, false, Done, fresh, SensorStatus::Joining),
            (false, false, Failed, fresh, SensorStatus::Fault),
            (true, false, Done, fresh, SensorStatus::Online),
            (true, false, Failed, fresh, SensorStatus::Online),
            (true, true, Done, fresh, SensorStatus::Fault),
            (true, true, Done, late, SensorStatus::Offline),
            (true, false, Failed, late, SensorStatus::Fault),
        ] {
            let known = Known {
                seen_at: heard.then_some(SEEN),
                implausible,
                registration,
            };
            let status = SensorStatus::of(&sensor(), known, Span::minutes(10), now);
            assert_eq!(status, expected, "{known:?}");
        }
    }

    #[test]
    fn silence_is_judged_by_the_sensors_own_interval() {
        let at = |now| SensorStatus::of(&sensor(), seen(), Span::minutes(10), now);
        for (seconds, expected) in [
            (0, SensorStatus::Online),
            (1_500, SensorStatus::Online),
            (1_501, SensorStatus::Stale),
            (3_029, SensorStatus::Stale),
            (3_030, SensorStatus::Offline),
        ] {
            assert_eq!(at(SEEN + Span::seconds(seconds)), expected, "{seconds} s");
        }
        let ahead = at(SEEN - Span::minutes(4));
        assert_eq!(ahead, SensorStatus::Online, "its clock may be ahead of ours");
    }

    #[test]
    fn what_it_measures_comes_before_what_is_heard_of_it() {
        let of = |sensor: &Sensor, known| SensorStatus::of(sensor, known, Span::minutes(10), SEEN);
        assert_eq!(of(&sensor(), Known::default()), SensorStatus::Pending);
        let loose = Sensor {
            unit_id: None,
            ..sensor()
        };
        assert_eq!(of(&loose, seen()), SensorStatus::Unassigned);
        let retired = Sensor {
            retired: Some(Retirement {
                at: SEEN,
                by: "usr_".to_owned(),
                unit_id: None,
                replaced_by: None,
            }),
            ..sensor()
        };
        assert_eq!(of(&retired, seen()), SensorStatus::Retired);
        for status in SensorStatus::ALL {
            assert_eq!(status.name().parse(), Ok(status));
        }
    }
}
