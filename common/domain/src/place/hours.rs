//! When a site is open.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
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
