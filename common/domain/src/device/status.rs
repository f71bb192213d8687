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
    /// Nothing was heard of it in its present unit.
    Pending,
    /// It reports.
    Online,
    /// It has been silent for longer than two and a half of its intervals.
    Stale,
    /// It has missed five reports.
    Offline,
    /// It measures no more.
    Retired,
}

/// A text that names no status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be unassigned, pending, online, stale, offline or retired")]
pub struct UnknownSensorStatus;

/// Missed reports after which a sensor counts as offline (specification 2.3, `offlineCriticalMissedCheckins`).
const OFFLINE_AFTER: i64 = 5;
/// How late a report may be before it counts as missed (specification 2.3).
const GRACE: Span = Span::seconds(30);

impl SensorStatus {
    /// All of them, in the order of a sensor's life.
    pub const ALL: [Self; 6] = [
        Self::Unassigned,
        Self::Pending,
        Self::Online,
        Self::Stale,
        Self::Offline,
        Self::Retired,
    ];

    /// The name used on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unassigned => "unassigned",
            Self::Pending => "pending",
            Self::Online => "online",
            Self::Stale => "stale",
            Self::Offline => "offline",
            Self::Retired => "retired",
        }
    }

    /// How `sensor`, which reports every `interval` and was last heard of in its unit at `seen_at`, is at `now`.
    #[must_use]
    pub fn of(sensor: &Sensor, seen_at: Option<Timestamp>, interval: Span, now: Timestamp) -> Self {
        if sensor.retired.is_some() {
            Self::Retired
        } else if sensor.unit_id.is_none() {
            Self::Unassigned
        } else {
            seen_at.map_or(Self::Pending, |seen| Self::heard(seen, interval, now))
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

    #[test]
    fn silence_is_judged_by_the_sensors_own_interval() {
        let at = |now| SensorStatus::of(&sensor(), Some(SEEN), Span::minutes(10), now);
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
        let of = |sensor: &Sensor, seen| SensorStatus::of(sensor, seen, Span::minutes(10), SEEN);
        assert_eq!(of(&sensor(), None), SensorStatus::Pending);
        let loose = Sensor {
            unit_id: None,
            ..sensor()
        };
        assert_eq!(of(&loose, Some(SEEN)), SensorStatus::Unassigned);
        let retired = Sensor {
            retired: Some(Retirement {
                at: SEEN,
                by: "usr_".to_owned(),
                unit_id: None,
                replaced_by: None,
            }),
            ..sensor()
        };
        assert_eq!(of(&retired, Some(SEEN)), SensorStatus::Retired);
        for status in SensorStatus::ALL {
            assert_eq!(status.name().parse(), Ok(status));
        }
    }
}
