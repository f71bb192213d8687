//! When a site is open.

use crate::time::Timestamp;
use jiff::tz::TimeZone;
use jiff::{Zoned, civil};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A day of the week, in the order of ISO 8601.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Weekday {
    /// All of them, in order.
    const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];
}

impl From<civil::Weekday> for Weekday {
    fn from(day: civil::Weekday) -> Self {
        match day {
            civil::Weekday::Monday => Self::Monday,
            civil::Weekday::Tuesday => Self::Tuesday,
            civil::Weekday::Wednesday => Self::Wednesday,
            civil::Weekday::Thursday => Self::Thursday,
            civil::Weekday::Friday => Self::Friday,
            civil::Weekday::Saturday => Self::Saturday,
            civil::Weekday::Sunday => Self::Sunday,
        }
    }
}

const MINUTES_A_DAY: u16 = 24 * 60;
const MINUTES_A_WEEK: u16 = 7 * MINUTES_A_DAY;

/// A time of day to the minute, written `07:30`; `24:00` is the end of the day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// Minutes since midnight.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Debug for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for TimeOfDay {
    type Err = InvalidHours;

    fn from_str(text: &str) -> Result<Self, InvalidHours> {
        let digits = |text: &str| {
            let valid = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
            valid.then(|| text.parse::<u16>().ok()).flatten()
        };
        text.split_once(':')
            .and_then(|(hours, minutes)| Some((digits(hours)?, digits(minutes)?)))
            .filter(|(hours, minutes)| *minutes < 60 && hours * 60 + minutes <= MINUTES_A_DAY)
            .map(|(hours, minutes)| Self(hours * 60 + minutes))
            .ok_or(InvalidHours::Time)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for TimeOfDay {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TimeOfDay".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$" })
    }
}

/// One span of time in which a site is open. Closing at or before the opening time means the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The day it opens.
    pub day: Weekday,
    /// When it opens.
    pub opens: TimeOfDay,
    /// When it closes.
    pub closes: TimeOfDay,
}

impl Opening {
    /// From and until which minute of the week, the end perhaps in the next week.
    const fn span(self) -> (u16, u16) {
        let day = self.day as u16 * MINUTES_A_DAY;
        let next = if self.closes.0 <= self.opens.0 {
            MINUTES_A_DAY
        } else {
            0
        };
        (day + self.opens.0, day + self.closes.0 + next)
    }
}

/// What is wrong with opening hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHours {
    /// A text that is no time of day.
    #[error("a time of day is written 00:00 to 24:00")]
    Time,
    /// Two spans that are open at the same time.
    #[error("opening hours must not overlap")]
    Overlap,
    /// More spans than a week can sensibly have.
    #[error("at most four openings a day")]
    TooMany,
}

/// When a site is open, week by week, in its time zone. Without any, the site has no opening hours: nothing is after
/// hours there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct OpeningHours(Vec<Opening>);

impl OpeningHours {
    /// `openings` in the order of the week.
    ///
    /// # Errors
    /// When two overlap or there are too many.
    pub fn new(mut openings: Vec<Opening>) -> Result<Self, InvalidHours> {
        const MOST: usize = 4 * 7;
        if openings.len() > MOST {
            return Err(InvalidHours::TooMany);
        }
        openings.sort_by_key(|opening| opening.span());
        let first = openings.first().map(|opening| opening.span().0);
        let next_week = first.map(|start| start + MINUTES_A_WEEK);
        let starts = openings
            .iter()
            .skip(1)
            .map(|opening| opening.span().0)
            .chain(next_week);
        if openings
            .iter()
            .zip(starts)
            .any(|(opening, next)| opening.span().1 > next)
        {
            return Err(InvalidHours::Overlap);
        }
        Ok(Self(openings))
    }

    /// These hours in a number for each two times of day, with the days that open and close at them: seven bits, Monday the
    /// lowest, and twice eleven for the minutes since midnight.
    pub(crate) fn packed(&self) -> Vec<u32> {
        let mut days: BTreeMap<(u16, u16), u32> = BTreeMap::new();
        for opening in &self.0 {
            *days.entry((opening.opens.0, opening.closes.0)).or_default() |= 1 << opening.day as u32;
        }
        days.into_iter()
            .map(|((opens, closes), days)| days << 22 | u32::from(opens) << 11 | u32::from(closes))
            .collect()
    }

    /// The hours that were [packed](Self::packed) so.
    pub(crate) fn unpacked(packed: &[u32]) -> Result<Self, InvalidHours> {
        let time = |minutes: u32| {
            let minutes = u16::try_from(minutes & 0x7FF).ok();
            let minutes = minutes.filter(|minutes| *minutes <= MINUTES_A_DAY);
            minutes.map(TimeOfDay).ok_or(InvalidHours::Time)
        };
        let mut openings = Vec::new();
        for number in packed {
            let (opens, closes) = (time(number >> 11)?, time(*number)?);
            let days = Weekday::ALL
                .into_iter()
                .filter(|day| number >> 22 >> *day as u32 & 1 == 1);
            openings.extend(days.map(|day| Opening { day, opens, closes }));
        }
        Self::new(openings)
    }

    /// What day and time it is at `at` where the clock shows `zone`.
    pub(crate) fn local(at: Timestamp, zone: &TimeZone) -> Option<(Weekday, TimeOfDay)> {
        let local = local(at, zone)?;
        let minutes = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        Some((local.weekday().into(), TimeOfDay(minutes)))
    }

    /// The openings, in the order of the week.
    #[must_use]
    pub fn openings(&self) -> &[Opening] {
        &self.0
    }

    /// Whether the site is open at this local time. `None` if it has no opening hours.
    #[must_use]
    pub fn are_open(&self, day: Weekday, at: TimeOfDay) -> Option<bool> {
        if self.0.is_empty() {
            return None;
        }
        let minute = day as u16 * MINUTES_A_DAY + at.0;
        let within = |opening: &Opening| {
            let (from, until) = opening.span();
            (from..until).contains(&minute) || (from..until).contains(&(minute + MINUTES_A_WEEK))
        };
        Some(self.0.iter().any(within))
    }

    /// The first instant, `at` or after it, at which the site is open where the clock shows `zone`: `at` itself if it has no
    /// opening hours.
    #[must_use]
    pub fn open_from(&self, at: Timestamp, zone: &TimeZone) -> Timestamp {
        let Some(local) = local(at, zone).filter(|_| !self.0.is_empty()) else {
            return at;
        };
        // An opening of the day before may reach into this one; a week from now each of them has come again.
        let days = (-1..=8).filter_map(|days| local.date().checked_add(jiff::Span::new().days(days)).ok());
        let begins = days
            .flat_map(|date| self.spans_on(date, zone))
            .filter_map(|(opens, closes)| {
                // A span that the clock leaves out in spring is none.
                (at < closes && opens < closes).then_some(opens.max(at))
            });
        begins.min().unwrap_or(at)
    }

    /// From and until when the site is open by the openings that begin on `date`.
    fn spans_on(&self, date: civil::Date, zone: &TimeZone) -> Vec<(Timestamp, Timestamp)> {
        let day = Weekday::from(date.weekday());
        let openings = self.0.iter().filter(|opening| opening.day == day);
        let instant = |minutes| instant_of(date, minutes, zone);
        openings
            .filter_map(|opening| {
                let next = if opening.closes <= opening.opens {
                    MINUTES_A_DAY
                } else {
                    0
                };
                Some((instant(opening.opens.0)?, instant(opening.closes.0 + next)?))
            })
            .collect()
    }
}

/// When the clock of `zone` shows `minutes` after midnight of `date`. A time that the clock leaves out in spring is told by
/// the offset before, so it comes as much later as was left out; of one that comes twice in autumn the first is meant
/// (RFC 5545, 3.3.5).
pub(super) fn instant_of(date: civil::Date, minutes: u16, zone: &TimeZone) -> Option<Timestamp> {
    let midnight = date.to_datetime(civil::Time::midnight());
    let wall = midnight
        .checked_add(jiff::Span::new().minutes(i64::from(minutes)))
        .ok()?;
    let zoned = zone.to_ambiguous_zoned(wall).compatible().ok()?;
    Some(Timestamp::from_millis(zoned.timestamp().as_millisecond()))
}

/// What the clock of `zone` shows at `at`.
pub(super) fn local(at: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    let instant = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
    Some(instant.to_zoned(zone.clone()))
}

impl<'de> Deserialize<'de> for OpeningHours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening(day: Weekday, opens: &str, closes: &str) -> Opening {
        Opening {
            day,
            opens: opens.parse().unwrap(),
            closes: closes.parse().unwrap(),
        }
    }

    #[test]
    fn a_bar_that_closes_after_midnight_is_open_then() {
        let hours = OpeningHours::new(vec![
            opening(Weekday::Sunday, "18:00", "02:00"),
            opening(Weekday::Saturday, "11:00", "14:00"),
        ])
        .unwrap();
        let open = |day, at: &str| hours.are_open(day, at.parse().unwrap()).unwrap();
        assert!(open(Weekday::Sunday, "18:00"));
        assert!(open(Weekday::Monday, "01:59"), "the week turns over");
        assert!(!open(Weekday::Monday, "02:00"));
        assert!(open(Weekday::Saturday, "13:59"));
        assert!(!open(Weekday::Saturday, "14:00"));
        assert_eq!(
            OpeningHours::default().are_open(Weekday::Monday, "12:00".parse().unwrap()),
            None
        );
    }

    #[test]
    fn overlaps_are_refused_also_over_the_end_of_the_week() {
        let overlapping = [
            [
                opening(Weekday::Monday, "08:00", "12:00"),
                opening(Weekday::Monday, "11:59", "13:00"),
            ],
            [
                opening(Weekday::Sunday, "20:00", "03:00"),
                opening(Weekday::Monday, "02:00", "04:00"),
            ],
            [
                opening(Weekday::Monday, "00:00", "24:00"),
                opening(Weekday::Monday, "23:00", "23:30"),
            ],
        ];
        for openings in overlapping {
            assert_eq!(OpeningHours::new(openings.to_vec()), Err(InvalidHours::Overlap));
        }
        let around_the_clock = (0..7).map(|_| ()).zip([
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
            Weekday::Saturday,
            Weekday::Sunday,
        ]);
        let openings = around_the_clock
            .map(|((), day)| opening(day, "00:00", "24:00"))
            .collect();
        let hours = OpeningHours::new(openings).unwrap();
        assert_eq!(
            hours.are_open(Weekday::Friday, "03:10".parse().unwrap()),
            Some(true)
        );
    }

    fn open_from(hours: &OpeningHours, at: &str, zone: &str) -> String {
        let zone = TimeZone::get(zone).unwrap();
        hours.open_from(at.parse().unwrap(), &zone).to_string()
    }

    #[test]
    fn what_falls_due_while_closed_is_due_at_the_next_opening() {
        let hours = OpeningHours::new(vec![
            opening(Weekday::Friday, "18:00", "02:00"),
            opening(Weekday::Monday, "07:00", "24:00"),
        ])
        .unwrap();
        for (at, expected) in [
            // Friday, 20 November 2026, in Vienna: one hour ahead of UTC.
            ("2026-11-20T12:00:00Z", "2026-11-20T17:00:00Z"),
            ("2026-11-20T17:00:00Z", "2026-11-20T17:00:00Z"),
            ("2026-11-21T00:59:59Z", "2026-11-21T00:59:59Z"),
            ("2026-11-21T01:00:00Z", "2026-11-23T06:00:00Z"),
            ("2026-11-23T22:59:00Z", "2026-11-23T22:59:00Z"),
            ("2026-11-23T23:00:00Z", "2026-11-27T17:00:00Z"),
        ] {
            assert_eq!(open_from(&hours, at, "Europe/Vienna"), expected, "{at}");
        }
        let at = "2026-11-21T03:00:00Z";
        assert_eq!(open_from(&OpeningHours::default(), at, "Europe/Vienna"), at);
    }

    #[test]
    fn an_opening_stands_on_the_clock_also_when_that_is_set() {
        let sunday = OpeningHours::new(vec![opening(Weekday::Sunday, "02:30", "06:00")]).unwrap();
        // The clock goes from two to three on 29 March 2026, and from three back to two on 25 October.
        assert_eq!(
            open_from(&sunday, "2026-03-28T12:00:00Z", "Europe/Vienna"),
            "2026-03-29T01:30:00Z"
        );
        assert_eq!(
            open_from(&sunday, "2026-10-24T12:00:00Z", "Europe/Vienna"),
            "2026-10-25T00:30:00Z"
        );
        let left_out = OpeningHours::new(vec![opening(Weekday::Sunday, "02:00", "02:30")]).unwrap();
        assert!(open_from(&left_out, "2026-03-28T12:00:00Z", "Europe/Vienna").starts_with("2026-03-29T01:"));
    }

    #[test]
    fn hours_that_are_packed_are_the_same_unpacked() {
        let hours = OpeningHours::new(vec![
            opening(Weekday::Monday, "07:00", "24:00"),
            opening(Weekday::Tuesday, "07:00", "24:00"),
            opening(Weekday::Sunday, "18:00", "02:00"),
            opening(Weekday::Sunday, "09:30", "12:00"),
        ])
        .unwrap();
        let packed = hours.packed();
        assert_eq!(packed.len(), 3, "two days share their times");
        assert_eq!(OpeningHours::unpacked(&packed), Ok(hours));
        assert_eq!(OpeningHours::unpacked(&[u32::MAX]), Err(InvalidHours::Time));
    }

    #[test]
    fn times_of_day() {
        for good in ["00:00", "07:30", "24:00"] {
            assert_eq!(good.parse::<TimeOfDay>().unwrap().to_string(), good);
        }
        for bad in ["", "7:30", "24:01", "12:60", "-1:00", "12:00:00"] {
            assert!(bad.parse::<TimeOfDay>().is_err(), "{bad}");
        }
    }
}
