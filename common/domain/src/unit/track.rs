//! What is remembered of one sensor, so that each frame counts once however often it is delivered.

use crate::ids::SensorId;
use crate::measurement::{Battery, Door};
use crate::reading::{FrameCounter, Reading};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// Frame counters below the highest that are still remembered one by one.
const WINDOW: u32 = 64;

/// What is remembered of one sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SensorTrack {
    /// The sensor.
    #[serde(with = "super::stored::id")]
    pub id: SensorId,
    /// The newest time it measured at.
    #[serde(rename = "at")]
    pub newest_at: Timestamp,
    /// The frame counters seen.
    #[serde(rename = "f", skip_serializing_if = "Option::is_none", default)]
    pub counters: Option<Counters>,
    /// Whether it ever reported an external probe.
    #[serde(rename = "p", default)]
    pub probe_seen: bool,
    /// The newest word on its battery, in percent.
    #[serde(rename = "b", skip_serializing_if = "Option::is_none", default)]
    pub battery_percent: Option<u8>,
    /// The same in millivolts, if it tells no percentage.
    #[serde(rename = "m", skip_serializing_if = "Option::is_none", default)]
    pub battery_millivolts: Option<u16>,
    /// Its newest word on the door.
    #[serde(rename = "d", skip_serializing_if = "Option::is_none", default)]
    pub door: Option<Door>,
    /// Whether it measures the unit no more.
    #[serde(rename = "x", skip_serializing_if = "is_false", default)]
    pub gone: bool,
    /// The newest signal strength in dBm.
    #[serde(rename = "r", skip_serializing_if = "Option::is_none", default)]
    pub rssi_dbm: Option<i16>,
    /// The [version](crate::device::Sensor::version) of the sensor that the unit was last told of. Whoever brings a
    /// reading by an older one looks the sensor up again: it may have moved.
    #[serde(rename = "v", skip_serializing_if = "is_zero", default)]
    pub version: u32,
    /// How many seconds the newest took from being measured until it came.
    #[serde(rename = "l", skip_serializing_if = "is_zero", default)]
    pub delay_seconds: u32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
const fn is_zero(version: &u32) -> bool {
    *version == 0
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// The frame counters seen in the present session: the highest, and which of the 64 below it.
///
/// The same window as IPsec's anti-replay check (RFC 4303, 3.4.3), which solves the same problem: tell a late
/// packet from a repeated one in constant space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "(u32, u32, u64)", from = "(u32, u32, u64)")]
pub struct Counters {
    session: u32,
    highest: u32,
    /// Bit `n` is set when `highest - n` was seen.
    seen: u64,
}

impl From<Counters> for (u32, u32, u64) {
    fn from(counters: Counters) -> Self {
        (counters.session, counters.highest, counters.seen)
    }
}

impl From<(u32, u32, u64)> for Counters {
    fn from((session, highest, seen): (u32, u32, u64)) -> Self {
        Self {
            session,
            highest,
            seen,
        }
    }
}

/// How a frame relates to what was seen of its sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sighting {
    /// Not seen before.
    New,
    /// The same frame again.
    Repeated,
}

impl SensorTrack {
    /// A sensor of which nothing has been seen.
    #[must_use]
    pub const fn new(id: SensorId) -> Self {
        Self {
            id,
            newest_at: Timestamp::from_millis(i64::MIN),
            counters: None,
            probe_seen: false,
            battery_percent: None,
            battery_millivolts: None,
            door: None,
            gone: false,
            rssi_dbm: None,
            version: 0,
            delay_seconds: 0,
        }
    }

    /// The newest word on its battery.
    #[must_use]
    pub const fn battery(&self) -> Battery {
        Battery {
            millivolts: self.battery_millivolts,
            percent: self.battery_percent,
        }
    }

    /// Whether the frame of `reading` was seen before. A reading without a frame is always new to this track;
    /// its time tells it apart.
    #[must_use]
    pub fn sighting(&self, reading: &Reading) -> Sighting {
        let (Some(frame), Some(counters)) = (reading.frame, self.counters) else {
            return Sighting::New;
        };
        if frame.session != counters.session {
            return Sighting::New;
        }
        match counters.highest.checked_sub(frame.count) {
            // A higher counter than any: a new frame.
            None => Sighting::New,
            // The newest frame again. A device that got no acknowledgement repeats it, later and through
            // another gateway, before it can send a new one.
            Some(0) => Sighting::Repeated,
            // A lower counter at a later time: the device has started counting anew without telling.
            Some(_) if reading.recorded_at > self.newest_at => Sighting::New,
            Some(behind) if behind < WINDOW && counters.seen >> behind & 1 == 1 => Sighting::Repeated,
            // Out of order, or too far back to remember: its time decides.
            Some(_) => Sighting::New,
        }
    }

    /// Remembers a reading that was taken.
    pub fn note(&mut self, reading: &Reading) {
        self.probe_seen |= reading.from_probe;
        if let Some(frame) = reading.frame {
            self.counters = Some(self.counters_after(frame, reading.recorded_at));
        }
        if reading.recorded_at >= self.newest_at {
            if let Some(battery) = reading.battery {
                self.battery_percent = battery.percent.or(self.battery_percent);
                let told = battery.millivolts.or(self.battery_millivolts);
                self.battery_millivolts = told.filter(|_| self.battery_percent.is_none());
            }
            self.door = reading.door.or(self.door);
            self.rssi_dbm = reading.rssi_dbm.or(self.rssi_dbm);
            self.newest_at = reading.recorded_at;
        }
    }

    /// Remembers when `reading`, which was [noted](SensorTrack::note), came, if it is the newest.
    pub fn came(&mut self, reading: &Reading, now: Timestamp) {
        if reading.recorded_at == self.newest_at {
            let delay = now.since(reading.recorded_at).as_seconds();
            self.delay_seconds = u32::try_from(delay).unwrap_or(u32::MAX);
        }
    }

    /// When the newest came.
    #[must_use]
    pub fn newest_came_at(&self) -> Timestamp {
        self.newest_at + Span::seconds(self.delay_seconds)
    }

    fn counters_after(&self, frame: FrameCounter, recorded_at: Timestamp) -> Counters {
        let fresh = Counters {
            session: frame.session,
            highest: frame.count,
            seen: 1,
        };
        let Some(counters) = self.counters else {
            return fresh;
        };
        let newer = recorded_at > self.newest_at;
        if frame.session != counters.session {
            return if newer { fresh } else { counters };
        }
        if frame.count > counters.highest {
            let seen = counters
                .seen
                .checked_shl(frame.count - counters.highest)
                .unwrap_or(0)
                | 1;
            return Counters {
                highest: frame.count,
                seen,
                ..counters
            };
        }
        match counters.highest - frame.count {
            behind if behind > 0 && newer => fresh,
            behind if behind < WINDOW => Counters {
                seen: counters.seen | 1 << behind,
                ..counters
            },
            _ => counters,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Id;
    use crate::reading::Origin;
    use ulid::Ulid;

    fn frame(session: u32, count: u32, minute: i64) -> Reading {
        Reading {
            frame: Some(FrameCounter { count, session }),
            ..Reading::new(
                SensorId::from_ulid(Ulid::from_parts(0, 1)),
                Timestamp::from_seconds(1_700_000_000 + minute * 60),
                Origin::Radio,
            )
        }
    }

    fn track(frames: &[Reading]) -> SensorTrack {
        let mut track = SensorTrack::new(SensorId::from_ulid(Ulid::from_parts(0, 1)));
        for frame in frames {
            track.note(frame);
        }
        track
    }

    #[test]
    fn a_repeated_frame_is_known_whenever_it_comes() {
        let seen = track(&[frame(1, 10, 0), frame(1, 11, 10), frame(1, 12, 20)]);
        assert_eq!(seen.sighting(&frame(1, 12, 20)), Sighting::Repeated);
        assert_eq!(
            seen.sighting(&frame(1, 12, 21)),
            Sighting::Repeated,
            "an unacknowledged uplink, sent again"
        );
        assert_eq!(seen.sighting(&frame(1, 10, 0)), Sighting::Repeated);
        assert_eq!(
            seen.sighting(&frame(1, 9, -10)),
            Sighting::New,
            "late, but never seen"
        );
        assert_eq!(seen.sighting(&frame(1, 13, 30)), Sighting::New);
    }

    #[test]
    fn a_counter_that_starts_anew_loses_nothing() {
        let seen = track(&[frame(0, 8, 0), frame(0, 9, 10)]);
        assert_eq!(
            seen.sighting(&frame(0, 8, 20)),
            Sighting::New,
            "battery changed, same session number"
        );
        assert_eq!(seen.sighting(&frame(7, 9, 10)), Sighting::New, "joined anew");
        let mut anew = seen;
        anew.note(&frame(0, 0, 20));
        assert_eq!(anew.sighting(&frame(0, 1, 30)), Sighting::New);
        assert_eq!(anew.sighting(&frame(0, 0, 20)), Sighting::Repeated);
    }

    #[test]
    fn a_late_frame_says_nothing_of_the_battery_now() {
        let charged = |minute, percent| Reading {
            battery: Some(Battery {
                percent: Some(percent),
                millivolts: None,
            }),
            rssi_dbm: Some(-80),
            ..frame(1, 1, minute)
        };
        let mut track = track(&[charged(10, 60)]);
        track.note(&charged(0, 90));
        assert_eq!((track.battery_percent, track.rssi_dbm), (Some(60), Some(-80)));
        track.note(&frame(1, 2, 20));
        assert_eq!(track.battery_percent, Some(60), "it says nothing of it");
    }

    #[test]
    fn a_jump_beyond_the_window_forgets_no_more_than_it_must() {
        let seen = track(&[frame(1, 1, 0), frame(1, 1_000, 10)]);
        assert_eq!(seen.sighting(&frame(1, 1_000, 10)), Sighting::Repeated);
        assert_eq!(seen.sighting(&frame(1, 999, 9)), Sighting::New);
        assert_eq!(
            seen.sighting(&frame(1, 1, 0)),
            Sighting::New,
            "beyond the window its time must decide"
        );
    }
}
