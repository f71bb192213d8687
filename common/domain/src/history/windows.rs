//! A span of time divided as people divide it where a unit stands.

use crate::time::{Span, Timestamp};
use jiff::tz::TimeZone;
use jiff::{RoundMode, Unit, Zoned, ZonedRound};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How a span is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Division {
    /// Not at all.
    #[default]
    Whole,
    /// At each full hour of the local clock.
    Hour,
    /// At each local midnight: a day in which the clock changes has 23 or 25 hours.
    Day,
}

/// A text that names no division.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a span is divided by `whole`, `hour` or `day`")]
pub struct UnknownDivision;

impl FromStr for Division {
    type Err = UnknownDivision;

    fn from_str(text: &str) -> Result<Self, UnknownDivision> {
        match text {
            "whole" => Ok(Self::Whole),
            "hour" => Ok(Self::Hour),
            "day" => Ok(Self::Day),
            _ => Err(UnknownDivision),
        }
    }
}

/// A name that the IANA time zone database does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a time zone of the IANA database")]
pub struct UnknownTimeZone(pub String);

/// A span of time: from its first instant up to, and without, its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first instant in it.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}

impl Window {
    /// Whether `at` is in it.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    /// How long it is.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.to.since(self.from)
    }
}

/// The windows that `division` makes of the time from `from` until `to` where the clock shows the IANA time zone `zone`:
/// without gap or overlap, the first and the last of them cut where the span begins and ends. An empty span has none.
///
/// Where the clock is set by half an hour (Lord Howe Island), one hour of that night has 30 or 90 minutes.
///
/// # Errors
/// When there is no such time zone.
pub fn windows(
    from: Timestamp,
    to: Timestamp,
    division: Division,
    zone: &str,
) -> Result<Vec<Window>, UnknownTimeZone> {
    let zone = TimeZone::get(zone).map_err(|_| UnknownTimeZone(zone.to_owned()))?;
    let mut found = Vec::new();
    let mut begin = from;
    while begin < to {
        let end = after(begin, division, &zone).unwrap_or(to).min(to);
        found.push(Window { from: begin, to: end });
        begin = end;
    }
    Ok(found)
}

/// What the clock of a place shows.
#[derive(Debug, Clone)]
pub struct LocalClock(TimeZone);

impl LocalClock {
    /// The clock of the IANA time zone `zone`.
    ///
    /// # Errors
    /// When there is no such time zone.
    pub fn of(zone: &str) -> Result<Self, UnknownTimeZone> {
        TimeZone::get(zone)
            .map(Self)
            .map_err(|_| UnknownTimeZone(zone.to_owned()))
    }

    /// `at` as ISO 8601 with the offset to UTC, to the second: `2026-11-21T03:00:00-05:00`.
    #[must_use]
    pub fn show(&self, at: Timestamp) -> String {
        match local(at, &self.0) {
            Some(zoned) => zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            None => at.to_string(),
        }
    }
}

/// The first boundary after `at`; none beyond the years that a calendar knows.
fn after(at: Timestamp, division: Division, zone: &TimeZone) -> Option<Timestamp> {
    let boundary = match division {
        Division::Whole => return None,
        Division::Hour => {
            let later = at + Span::hours(1);
            let truncated = ZonedRound::new().smallest(Unit::Hour).mode(RoundMode::Trunc);
            let full = instant(&local(later, zone)?.round(truncated).ok()?);
            // An hour that the clock shows twice begins where the first of them ends.
            if full > at { full } else { later }
        }
        Division::Day => instant(&local(at, zone)?.tomorrow().ok()?.start_of_day().ok()?),
    };
    (boundary > at).then_some(boundary)
}

fn local(at: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    let instant = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
    Some(instant.to_zoned(zone.clone()))
}

fn instant(zoned: &Zoned) -> Timestamp {
    Timestamp::from_millis(zoned.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ZONES: [&str; 7] = [
        "UTC",
        "America/New_York",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Asia/Kolkata",
        "Africa/Casablanca",
    ];

    fn divided(from: &str, to: &str, division: Division, zone: &str) -> Vec<Window> {
        windows(from.parse().unwrap(), to.parse().unwrap(), division, zone).unwrap()
    }

    fn minutes(windows: &[Window]) -> Vec<i64> {
        windows.iter().map(|window| window.span().as_minutes()).collect()
    }

    #[test]
    fn a_day_is_as_long_as_the_clock_makes_it() {
        let spring = divided(
            "2026-03-07T05:00:00Z",
            "2026-03-10T04:00:00Z",
            Division::Day,
            "America/New_York",
        );
        assert_eq!(minutes(&spring), [24 * 60, 23 * 60, 24 * 60]);
        let autumn = divided(
            "2026-10-31T04:00:00Z",
            "2026-11-03T05:00:00Z",
            Division::Day,
            "America/New_York",
        );
        assert_eq!(minutes(&autumn), [24 * 60, 25 * 60, 24 * 60]);
    }

    #[test]
    fn a_day_that_a_country_left_out_has_no_window() {
        let week = divided(
            "2011-12-29T10:00:00Z",
            "2011-12-31T10:00:00Z",
            Division::Day,
            "Pacific/Apia",
        );
        assert_eq!(minutes(&week), [24 * 60, 24 * 60]);
    }

    #[test]
    fn hours_are_those_of_the_local_clock() {
        let kolkata = divided(
            "2026-11-21T03:10:00Z",
            "2026-11-21T05:00:00Z",
            Division::Hour,
            "Asia/Kolkata",
        );
        assert_eq!(minutes(&kolkata), [20, 60, 30]);
        // The clock goes back by half an hour at two.
        let howe = divided(
            "2026-04-04T13:00:00Z",
            "2026-04-04T17:30:00Z",
            Division::Hour,
            "Australia/Lord_Howe",
        );
        assert_eq!(minutes(&howe), [60, 60, 30, 60, 60]);
    }

    #[test]
    fn a_clock_shows_its_offset_also_in_the_hour_that_comes_twice() {
        let clock = LocalClock::of("America/New_York").unwrap();
        let shown = |text: &str| clock.show(text.parse().unwrap());
        assert_eq!(shown("2026-11-01T05:30:00Z"), "2026-11-01T01:30:00-04:00");
        assert_eq!(shown("2026-11-01T06:30:00.7Z"), "2026-11-01T01:30:00-05:00");
        assert_eq!(
            LocalClock::of("Asia/Kolkata")
                .unwrap()
                .show("2026-11-21T00:00:00Z".parse().unwrap()),
            "2026-11-21T05:30:00+05:30"
        );
        assert!(LocalClock::of("Mars/Olympus").is_err());
    }

    #[test]
    fn undivided_is_one_window_and_nothing_is_none() {
        let whole = divided(
            "2026-11-21T03:10:00Z",
            "2026-11-28T05:00:00Z",
            Division::Whole,
            "UTC",
        );
        assert_eq!(whole.len(), 1);
        for division in [Division::Whole, Division::Hour, Division::Day] {
            assert_eq!(
                divided("2026-11-21T03:10:00Z", "2026-11-21T03:10:00Z", division, "UTC"),
                []
            );
        }
    }

    proptest! {
        #[test]
        fn windows_follow_each_other_without_gap(
            from in 1_200_000_000_i64..2_000_000_000,
            seconds in 1_i64..4_000_000,
            zone in prop::sample::select(&ZONES[..]),
            division in prop::sample::select(&[Division::Whole, Division::Hour, Division::Day][..]),
        ) {
            let (from, to) = (Timestamp::from_seconds(from), Timestamp::from_seconds(from + seconds));
            let found = windows(from, to, division, zone).unwrap();
            prop_assert_eq!(found.first().map(|first| first.from), Some(from));
            prop_assert_eq!(found.last().map(|last| last.to), Some(to));
            for pair in found.windows(2) {
                prop_assert_eq!(pair[0].to, pair[1].from);
            }
            let longest = match division {
                Division::Whole => Span::seconds(4_000_000),
                Division::Hour => Span::minutes(90),
                Division::Day => Span::hours(25),
            };
            prop_assert!(found.iter().all(|window| window.from < window.to && window.span() <= longest));
        }
    }
}
