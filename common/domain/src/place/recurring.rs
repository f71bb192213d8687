//! Times in which alerts are held back week by week: a defrost that a clock starts, a cleaning day.

use super::hours::{instant_of, local};
use super::{MOST_QUIET_TIMES, QuietReason, QuietTime, Site, TimeOfDay, Unit, Weekday};
use crate::alert::{AlertKind, AlertKinds};
use crate::time::{Span, Timestamp};
use crate::unit::Quiet;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How many a unit, and its site, may have: a freezer thaws up to eight times a day.
pub const MOST_RECURRING: usize = 8;
/// How long each may last: no defrost and no cleaning takes longer.
pub const LONGEST_RECURRING: Span = Span::hours(4);
/// How long all of them may last in a week: a quarter of it. More would be a unit that nobody watches.
const MOST_OF_A_WEEK: Span = Span::hours(7 * 24 / 4);
/// How soon after one time another must begin for the engine to be told of both, which it writes with every reading: whoever
/// tells it of more makes a round a minute, and may be late.
const LATE: Span = Span::minutes(5);

/// A time in which alerts are held back, on some days of every week, by the clock of the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecurringQuietTime {
    /// On which days it begins, in the order of the week.
    pub days: Vec<Weekday>,
    /// When it begins. On the day on which the clock leaves that time out it begins as much later as was left out; where the
    /// clock shows it twice, the first time.
    pub starts: TimeOfDay,
    /// How long it lasts, whatever the clock does meanwhile. It may end on the next day.
    pub lasts: Span,
    /// Of which kinds; all if empty.
    #[serde(default)]
    pub kinds: Vec<AlertKind>,
    /// Why.
    pub reason: QuietReason,
}

/// Why recurring quiet times cannot be as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRecurringQuietTime {
    /// One begins on no day.
    #[error("each begins on at least one day of the week")]
    NoDay,
    /// One lasts for no time at all, or for too long.
    #[error("each lasts for 1 to 240 minutes")]
    Length,
    /// There are too many.
    #[error("there are eight at most")]
    TooMany,
    /// Together they are too long.
    #[error("all of them last for 42 hours a week at most")]
    TooMuch,
}

impl RecurringQuietTime {
    /// `times`, each with its days in the order of the week.
    ///
    /// # Errors
    /// When there are too many, or one of them makes no sense.
    pub fn checked(mut times: Vec<Self>) -> Result<Vec<Self>, InvalidRecurringQuietTime> {
        if times.len() > MOST_RECURRING {
            return Err(InvalidRecurringQuietTime::TooMany);
        }
        let mut week = Span::ZERO;
        for time in &mut times {
            time.days.sort_unstable();
            time.days.dedup();
            if time.days.is_empty() {
                return Err(InvalidRecurringQuietTime::NoDay);
            }
            if time.lasts == Span::ZERO || time.lasts > LONGEST_RECURRING {
                return Err(InvalidRecurringQuietTime::Length);
            }
            week = time.days.iter().fold(week, |week, _| week + time.lasts);
        }
        if week > MOST_OF_A_WEEK {
            return Err(InvalidRecurringQuietTime::TooMuch);
        }
        Ok(times)
    }

    /// When it comes where the clock shows `zone`: what is not over at `now`, for a week.
    fn ahead(&self, zone: &TimeZone, now: Timestamp) -> impl Iterator<Item = Quiet> {
        let kinds = kinds_of(&self.kinds);
        let today = local(now, zone).map(|local| local.date());
        // What begins at 24:00 two days ago by the calendar can last until now.
        let days = (-2..=7).filter_map(move |days| today?.checked_add(jiff::Span::new().days(days)).ok());
        days.filter(move |date| self.days.contains(&Weekday::from(date.weekday())))
            .filter_map(move |date| instant_of(date, self.starts.minutes(), zone))
            .map(move |from| Quiet {
                kinds,
                from,
                until: from + self.lasts,
            })
            .filter(move |quiet| quiet.until > now)
    }
}

/// As the audit log tells of it.
impl fmt::Display for RecurringQuietTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, day) in self.days.iter().enumerate() {
            let before = if place == 0 { "" } else { ", " };
            write!(f, "{before}{day:?}")?;
        }
        write!(f, " {} for {} min", self.starts, self.lasts.as_minutes())
    }
}

/// The kinds that `kinds` name; all if they name none.
pub(super) fn kinds_of(kinds: &[AlertKind]) -> AlertKinds {
    if kinds.is_empty() {
        AlertKinds::ALL
    } else {
        kinds.iter().copied().collect()
    }
}

/// When alerts of a unit are held back from now on, as far as the engine is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QuietAhead {
    /// The next time, and those that follow on it without a pause, in their order; no two are at once.
    pub times: Vec<Quiet>,
    /// When more is to be told; `None` if that is all.
    pub until: Option<Timestamp>,
}

impl QuietAhead {
    /// That of `unit` at `now`: its own quiet times, and those that recur at it and at its site, of which none does that is
    /// in a time zone that nobody knows.
    #[must_use]
    pub fn of(unit: &Unit, site: Option<&Site>, now: Timestamp) -> Self {
        let zone = site.and_then(|site| TimeZone::get(&site.time_zone).ok());
        let of_site = site.map_or(&[][..], |site| &site.recurring_quiet_times);
        let recurring: Vec<&RecurringQuietTime> = unit.recurring_quiet_times.iter().chain(of_site).collect();
        let mut times: Vec<Quiet> = unit.quiet_times.iter().map(QuietTime::quiet).collect();
        if let Some(zone) = &zone {
            times.extend(recurring.iter().flat_map(|time| time.ahead(zone, now)));
        }
        let mut times = one_after_the_other(&times);
        times.retain(|quiet| quiet.until > now);
        let recurs = zone.is_some() && !recurring.is_empty();
        let follows = |pair: &[Quiet]| matches!(pair, [one, next] if next.from <= one.until + LATE);
        let row = times.windows(2).take_while(|pair| follows(pair)).count() + 1;
        let more = recurs || times.len() > row.min(MOST_QUIET_TIMES);
        times.truncate(row.min(MOST_QUIET_TIMES));
        Self {
            until: times.first().map(|first| first.until).filter(|_| more),
            times,
        }
    }
}

/// The same times, cut where one of them begins or ends, so that no two are at once: then the first few of them are all that
/// holds for a while.
fn one_after_the_other(times: &[Quiet]) -> Vec<Quiet> {
    let mut cuts: Vec<Timestamp> = times.iter().flat_map(|quiet| [quiet.from, quiet.until]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut cut: Vec<Quiet> = Vec::new();
    for (from, until) in cuts.iter().copied().zip(cuts.iter().copied().skip(1)) {
        let during = times
            .iter()
            .filter(|quiet| quiet.from <= from && until <= quiet.until);
        let kinds = during.fold(AlertKinds::NONE, |kinds, quiet| kinds.and(quiet.kinds));
        match cut.last_mut() {
            _ if kinds == AlertKinds::NONE => {}
            Some(before) if before.until == from && before.kinds == kinds => before.until = until,
            _ => cut.push(Quiet { kinds, from, until }),
        }
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{AreaId, Id, SiteId, Ulid, UnitId};
    use crate::text::Name;
    use crate::unit::UnitKind;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn recurring(days: &[Weekday], starts: &str, minutes: u32) -> RecurringQuietTime {
        RecurringQuietTime {
            days: days.to_vec(),
            starts: starts.parse().unwrap(),
            lasts: Span::minutes(minutes),
            kinds: Vec::new(),
            reason: QuietReason::Defrost,
        }
    }

    /// A unit in New York with these times of its own, and a site with those.
    fn places(unit: Vec<RecurringQuietTime>, site: Vec<RecurringQuietTime>) -> (Unit, Site) {
        let id = Ulid::from_parts(1, 1);
        let site_id = SiteId::from_ulid(id);
        let area_id = AreaId::from_ulid(id);
        let name = |name| Name::new(name).unwrap();
        let freezer = UnitKind::Freezer;
        (
            Unit {
                recurring_quiet_times: unit,
                ..Unit::new(UnitId::from_ulid(id), site_id, area_id, name("Freezer"), freezer)
            },
            Site {
                recurring_quiet_times: site,
                ..Site::new(site_id, name("Pier"), "America/New_York".to_owned())
            },
        )
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// From and until when alerts are held back in New York by `time`, as of `now`.
    fn ahead(time: &RecurringQuietTime, now: &str) -> Vec<(String, String)> {
        let zone = TimeZone::get("America/New_York").unwrap();
        time.ahead(&zone, at(now))
            .map(|quiet| (quiet.from.to_string(), quiet.until.to_string()))
            .collect()
    }

    fn span(from: &str, until: &str) -> (String, String) {
        (from.to_owned(), until.to_owned())
    }

    use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    const DAILY: &[Weekday] = &[Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday];

    #[test]
    fn a_night_lasts_over_midnight_and_over_the_end_of_the_week() {
        // A Sunday: 23:30 is 03:30 in UTC while summer lasts.
        let nights = recurring(&[Sunday, Wednesday], "23:30", 90);
        assert_eq!(
            ahead(&nights, "2026-06-08T04:59:59Z"),
            [
                span("2026-06-08T03:30:00Z", "2026-06-08T05:00:00Z"),
                span("2026-06-11T03:30:00Z", "2026-06-11T05:00:00Z"),
                span("2026-06-15T03:30:00Z", "2026-06-15T05:00:00Z"),
            ],
            "one that goes on is told with when it began"
        );
        assert_eq!(
            ahead(&nights, "2026-06-08T05:00:00Z")[0],
            span("2026-06-11T03:30:00Z", "2026-06-11T05:00:00Z")
        );
        assert_eq!(
            ahead(&recurring(&[Sunday], "24:00", 240), "2026-06-08T07:59:00Z")[0],
            span("2026-06-08T04:00:00Z", "2026-06-08T08:00:00Z")
        );
    }

    #[test]
    fn in_spring_what_begins_in_the_hour_that_is_left_out_begins_an_hour_later_by_the_clock() {
        // On 8 March 2026 New York goes from 02:00 EST to 03:00 EDT, at 07:00 UTC.
        assert_eq!(
            ahead(&recurring(&[Sunday], "02:30", 45), "2026-03-08T00:00:00Z")[0],
            span("2026-03-08T07:30:00Z", "2026-03-08T08:15:00Z"),
            "03:30 EDT: half an hour after two, as in every night"
        );
        assert_eq!(
            ahead(&recurring(&[Sunday], "01:30", 60), "2026-03-08T00:00:00Z")[0],
            span("2026-03-08T06:30:00Z", "2026-03-08T07:30:00Z"),
            "an hour is an hour, though the clock shows two"
        );
        assert_eq!(
            ahead(&recurring(&[Sunday], "03:00", 60), "2026-03-08T00:00:00Z")[0],
            span("2026-03-08T07:00:00Z", "2026-03-08T08:00:00Z")
        );
        assert_eq!(
            ahead(&recurring(&[Saturday], "23:00", 240), "2026-03-08T00:00:00Z")[0],
            span("2026-03-08T04:00:00Z", "2026-03-08T08:00:00Z"),
            "across the change"
        );
    }

    #[test]
    fn in_autumn_what_begins_in_the_hour_that_comes_twice_begins_once() {
        // On 1 November 2026 New York goes from 02:00 EDT back to 01:00 EST, at 06:00 UTC.
        assert_eq!(
            ahead(&recurring(&[Sunday], "01:30", 30), "2026-10-31T12:00:00Z"),
            [span("2026-11-01T05:30:00Z", "2026-11-01T06:00:00Z")],
            "the first time, by summer time"
        );
        assert_eq!(
            ahead(&recurring(&[Sunday], "00:30", 120), "2026-10-31T12:00:00Z")[0],
            span("2026-11-01T04:30:00Z", "2026-11-01T06:30:00Z"),
            "two hours are two hours, though the clock shows one"
        );
        assert_eq!(
            ahead(&recurring(&[Sunday], "02:00", 60), "2026-10-31T12:00:00Z")[0],
            span("2026-11-01T07:00:00Z", "2026-11-01T08:00:00Z")
        );
    }

    #[test]
    fn the_same_wall_clock_holds_on_both_sides_of_a_change() {
        let daily = recurring(DAILY, "06:00", 30);
        let before = ahead(&daily, "2026-10-31T12:00:00Z");
        assert_eq!(
            before[0],
            span("2026-11-01T11:00:00Z", "2026-11-01T11:30:00Z"),
            "EST"
        );
        assert_eq!(
            ahead(&daily, "2026-10-30T12:00:00Z")[0],
            span("2026-10-31T10:00:00Z", "2026-10-31T10:30:00Z"),
            "EDT"
        );
    }

    #[test]
    fn those_of_the_unit_and_of_its_site_and_those_set_once_make_one_row() {
        let only = |kinds: &[AlertKind], time: RecurringQuietTime| RecurringQuietTime {
            kinds: kinds.to_vec(),
            ..time
        };
        let own = only(&[AlertKind::TempExcursion], recurring(&[Monday], "08:00", 60));
        let of_site = only(&[AlertKind::DoorOpen], recurring(&[Monday], "08:30", 60));
        let (mut unit, site) = places(vec![own], vec![of_site]);
        unit.quiet_times = vec![QuietTime {
            from: at("2026-06-08T13:30:00Z"),
            until: at("2026-06-08T14:00:00Z"),
            kinds: vec![AlertKind::DoorOpen],
            reason: QuietReason::Maintenance,
        }];
        let now = at("2026-06-08T00:00:00Z");
        let ahead = QuietAhead::of(&unit, Some(&site), now);
        let then = QuietAhead::of(&unit, Some(&site), at("2026-06-08T12:30:00Z"));
        let quiet = |kinds: &[AlertKind], from: &str, until: &str| Quiet {
            kinds: kinds_of(kinds),
            from: at(from),
            until: at(until),
        };
        let both = [AlertKind::TempExcursion, AlertKind::DoorOpen];
        let all = [
            quiet(&both[..1], "2026-06-08T12:00:00Z", "2026-06-08T12:30:00Z"),
            quiet(&both, "2026-06-08T12:30:00Z", "2026-06-08T13:00:00Z"),
            quiet(&both[1..], "2026-06-08T13:00:00Z", "2026-06-08T14:00:00Z"),
        ];
        assert_eq!((&ahead.times[..], ahead.until), (&all[..], Some(all[0].until)));
        assert_eq!((&then.times[..], then.until), (&all[1..], Some(all[1].until)));

        let nowhere = Site {
            time_zone: "Mars/Olympus".to_owned(),
            ..site
        };
        // What follows at once is told with what comes before, and nothing else is.
        for (pause, told, more) in [(0, 1, false), (5, 4, true), (6, 1, true)] {
            unit.quiet_times = (0..5)
                .map(|place| {
                    let from = now + Span::minutes((30 + pause) * place);
                    QuietTime {
                        from,
                        until: from + Span::minutes(30),
                        kinds: Vec::new(),
                        reason: QuietReason::Maintenance,
                    }
                })
                .collect();
            let ahead = QuietAhead::of(&unit, None, now);
            let until = more.then(|| unit.quiet_times[0].until);
            assert_eq!(
                (ahead.times.len(), ahead.until),
                (told, until),
                "{pause} min apart"
            );
        }
        unit.quiet_times.truncate(1);
        for site in [Some(&nowhere), None] {
            let once = QuietAhead::of(&unit, site, now);
            assert_eq!((once.times.len(), once.until), (1, None));
        }
    }

    #[test]
    fn a_week_is_never_quiet_altogether() {
        let checked =
            |times: Vec<RecurringQuietTime>| RecurringQuietTime::checked(times).map(|times| times.len());
        let daily = |count: usize, minutes| vec![recurring(DAILY, "02:00", minutes); count];
        assert_eq!(checked(daily(8, 45)), Ok(8), "42 hours");
        assert_eq!(checked(daily(8, 46)), Err(InvalidRecurringQuietTime::TooMuch));
        assert_eq!(checked(daily(9, 1)), Err(InvalidRecurringQuietTime::TooMany));
        assert_eq!(checked(daily(1, 240)), Ok(1));
        assert_eq!(checked(daily(1, 241)), Err(InvalidRecurringQuietTime::Length));
        assert_eq!(checked(daily(1, 0)), Err(InvalidRecurringQuietTime::Length));
        assert_eq!(
            checked(vec![recurring(&[], "02:00", 30)]),
            Err(InvalidRecurringQuietTime::NoDay)
        );
        let twice = recurring(&[Sunday, Monday, Sunday], "02:00", 30);
        let kept = RecurringQuietTime::checked(vec![twice]).unwrap();
        assert_eq!(kept[0].days, [Monday, Sunday]);
        assert_eq!(kept[0].to_string(), "Monday, Sunday 02:00 for 30 min");
    }

    proptest! {
        #[test]
        fn cutting_times_changes_nothing_of_what_is_held_back(
            times in vec((0_u32..8, 0_i64..50, 1_i64..30), 0..8),
        ) {
            let second = Timestamp::from_seconds;
            let kinds = |bits: u32| -> AlertKinds {
                AlertKind::ALL.into_iter().filter(|kind| bits >> *kind as u32 & 1 == 1).collect()
            };
            let times: Vec<Quiet> = times
                .into_iter()
                .map(|(bits, from, length)| Quiet {
                    kinds: kinds(bits),
                    from: second(from),
                    until: second(from + length),
                })
                .collect();
            let cut = one_after_the_other(&times);
            prop_assert!(cut.is_sorted_by(|one, next| one.until <= next.from));
            let held = |times: &[Quiet], kind, at| {
                times.iter().any(|quiet| quiet.kinds.contains(kind) && quiet.from <= at && at < quiet.until)
            };
            for at in (0..80).map(second) {
                for kind in AlertKind::ALL {
                    prop_assert_eq!(held(&times, kind, at), held(&cut, kind, at));
                }
            }
        }
    }
}
