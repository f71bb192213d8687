//! When a schedule runs: `rate(..)`, `cron(..)` and `at(..)`.

use std::time::Duration;

use croner::Cron;
use croner::parser::{CronParser, Seconds};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// A schedule expression in its time zone.
#[derive(Clone, Debug)]
pub struct Timetable {
    kind: Kind,
    zone: TimeZone,
}

#[derive(Clone, Debug)]
enum Kind {
    /// Every so often.
    Rate(Duration),
    /// At these times of the wall clock.
    Cron(Box<Cron>),
    /// Once.
    At(DateTime),
}

/// Why an expression is none that EventBridge Scheduler takes.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ExpressionError {
    /// Neither `rate(..)` nor `cron(..)` nor `at(..)`.
    #[error("a schedule expression is rate(..), cron(..) or at(..), not {0:?}")]
    Unknown(String),
    /// A rate other than a positive number of minutes, hours or days.
    #[error("rate({0}): expected a positive whole number of minutes, hours or days")]
    Rate(String),
    /// A cron expression without exactly six fields.
    #[error("cron({0}): expected six fields, minutes hours day-of-month month day-of-week year")]
    FieldCount(String),
    /// Both days given, or neither.
    #[error("cron({0}): exactly one of day-of-month and day-of-week must be \"?\"")]
    Days(String),
    /// A field that cannot be read.
    #[error("cron({expression}): {reason}")]
    Cron {
        /// The six fields.
        expression: String,
        /// What is wrong.
        reason: String,
    },
    /// A time not written as `yyyy-mm-ddThh:mm:ss`.
    #[error("at({0}): expected yyyy-mm-ddThh:mm:ss")]
    At(String),
    /// A zone that is not in the IANA database.
    #[error("unknown time zone {0:?}")]
    TimeZone(String),
}

impl Timetable {
    /// Reads an expression and the IANA name of its zone.
    ///
    /// # Errors
    /// When either is one that AWS would refuse.
    pub fn parse(expression: &str, zone: &str) -> Result<Self, ExpressionError> {
        let zone = TimeZone::get(zone).map_err(|_| ExpressionError::TimeZone(zone.to_owned()))?;
        let unknown = || ExpressionError::Unknown(expression.to_owned());
        let (name, rest) = expression.trim().split_once('(').ok_or_else(unknown)?;
        let inner = rest.strip_suffix(')').ok_or_else(unknown)?.trim();
        let kind = match name {
            "rate" => Kind::Rate(rate(inner)?),
            "cron" => Kind::Cron(Box::new(cron(inner)?)),
            "at" => Kind::At(inner.parse().map_err(|_| ExpressionError::At(inner.to_owned()))?),
            _ => return Err(unknown()),
        };
        Ok(Self { kind, zone })
    }

    /// The first run of a schedule that is made now: a rate starts at once.
    #[must_use]
    pub fn first(&self, now: Timestamp) -> Option<Timestamp> {
        match self.kind {
            Kind::Rate(_) => Some(now),
            Kind::Cron(_) | Kind::At(_) => self.after(now),
        }
    }

    /// The run that follows the one due at `due`, later than `now`. `None` when
    /// there is none.
    #[must_use]
    pub fn following(&self, due: Timestamp, now: Timestamp) -> Option<Timestamp> {
        match self.kind {
            Kind::Rate(period) => {
                let late = now.duration_since(due).unsigned_abs();
                let periods = late
                    .as_millis()
                    .checked_div(period.as_millis())?
                    .saturating_add(1);
                due.checked_add(period.checked_mul(u32::try_from(periods).ok()?)?)
                    .ok()
            }
            Kind::Cron(_) => self.after(due.max(now)),
            Kind::At(_) => None,
        }
    }

    /// The first wall clock time after `instant` that names one of the runs.
    ///
    /// A time that the zone skips in spring gives no run. A time that comes twice
    /// in autumn gives one, at its first coming. So AWS documents it.
    fn after(&self, instant: Timestamp) -> Option<Timestamp> {
        match &self.kind {
            Kind::Rate(_) => None,
            Kind::At(time) => self.instant(*time).filter(|run| *run > instant),
            Kind::Cron(cron) => {
                let mut time = self.zone.to_datetime(instant);
                loop {
                    time = cron.find_next_occurrence(&time, false).ok()?;
                    if let Some(run) = self.instant(time).filter(|run| *run > instant) {
                        return Some(run);
                    }
                }
            }
        }
    }

    fn instant(&self, time: DateTime) -> Option<Timestamp> {
        let offset = match self.zone.to_ambiguous_timestamp(time).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { .. } => return None,
            AmbiguousOffset::Fold { before, .. } => before,
        };
        offset.to_timestamp(time).ok()
    }
}

fn rate(inner: &str) -> Result<Duration, ExpressionError> {
    let refused = || ExpressionError::Rate(inner.to_owned());
    let (count, unit) = inner.split_once(' ').ok_or_else(refused)?;
    let seconds: u64 = match unit.trim() {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3_600,
        "day" | "days" => 86_400,
        _ => return Err(refused()),
    };
    let count: u64 = count.parse().map_err(|_| refused())?;
    let period = count
        .checked_mul(seconds)
        .filter(|period| *period > 0)
        .ok_or_else(refused)?;
    Ok(Duration::from_secs(period))
}

/// AWS's six fields become the seven of the parser, which takes more than AWS
/// does: what AWS refuses is refused here first.
fn cron(inner: &str) -> Result<Cron, ExpressionError> {
    let fields: Vec<&str> = inner.split_whitespace().collect();
    let [_, _, day_of_month, _, day_of_week, _] = fields.as_slice() else {
        return Err(ExpressionError::FieldCount(inner.to_owned()));
    };
    if (*day_of_month == "?") == (*day_of_week == "?") {
        return Err(ExpressionError::Days(inner.to_owned()));
    }
    CronParser::builder()
        .seconds(Seconds::Required)
        // 1 to 7 are Sunday to Saturday.
        .alternative_weekdays(true)
        // `0/15` is from 0 on, every 15.
        .sloppy_ranges(true)
        .build()
        .parse(&format!("0 {}", fields.join(" ")))
        .map_err(|error| ExpressionError::Cron {
            expression: inner.to_owned(),
            reason: error.to_string(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    /// The runs after `from`, as UTC times, until `until`.
    fn runs(expression: &str, zone: &str, from: &str, until: &str) -> Vec<String> {
        let timetable = Timetable::parse(expression, zone).unwrap();
        let mut runs = Vec::new();
        let mut next = timetable.after(at(from));
        while let Some(run) = next.filter(|run| *run <= at(until)) {
            runs.push(run.to_string());
            next = timetable.following(run, run);
        }
        runs
    }

    #[test]
    fn a_time_the_clock_skips_gives_no_run() {
        let cases: &[(&str, &str, &str, &str, &[&str])] = &[
            // New York goes from 02:00 to 03:00 on 8 March 2026.
            (
                "cron(30 2 * * ? *)",
                "America/New_York",
                "2026-03-07T00:00:00Z",
                "2026-03-09T12:00:00Z",
                &["2026-03-07T07:30:00Z", "2026-03-09T06:30:00Z"],
            ),
            // The quarter hours go on after the gap.
            (
                "cron(0/30 1-3 * * ? *)",
                "America/New_York",
                "2026-03-08T05:59:00Z",
                "2026-03-08T08:00:00Z",
                &[
                    "2026-03-08T06:00:00Z",
                    "2026-03-08T06:30:00Z",
                    "2026-03-08T07:00:00Z",
                    "2026-03-08T07:30:00Z",
                ],
            ),
            (
                "at(2026-03-08T02:30:00)",
                "America/New_York",
                "2026-03-07T00:00:00Z",
                "2026-03-10T00:00:00Z",
                &[],
            ),
            // Sao Paulo skipped midnight itself on 4 November 2018.
            (
                "cron(0 0 * * ? *)",
                "America/Sao_Paulo",
                "2018-11-03T00:00:00Z",
                "2018-11-05T12:00:00Z",
                &["2018-11-03T03:00:00Z", "2018-11-05T02:00:00Z"],
            ),
            // Lord Howe moves by half an hour: 02:00 to 02:30 on 4 October 2026.
            (
                "cron(15,45 2 * * ? *)",
                "Australia/Lord_Howe",
                "2026-10-03T12:00:00Z",
                "2026-10-04T12:00:00Z",
                &["2026-10-03T15:45:00Z"],
            ),
            // Apia skipped the whole of 30 December 2011.
            (
                "cron(0 8 * * ? *)",
                "Pacific/Apia",
                "2011-12-29T00:00:00Z",
                "2011-12-31T12:00:00Z",
                &["2011-12-29T18:00:00Z", "2011-12-30T18:00:00Z"],
            ),
        ];
        for (expression, zone, from, until, expected) in cases {
            assert_eq!(
                runs(expression, zone, from, until),
                *expected,
                "{expression} in {zone}"
            );
        }
    }

    #[test]
    fn a_time_the_clock_shows_twice_gives_one_run() {
        let cases: &[(&str, &str, &str, &str, &[&str])] = &[
            // New York goes from 02:00 back to 01:00 on 1 November 2026.
            (
                "cron(30 1 * * ? *)",
                "America/New_York",
                "2026-11-01T00:00:00Z",
                "2026-11-02T12:00:00Z",
                &["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"],
            ),
            // So do the half hours: none in the hour that comes again.
            (
                "cron(0/30 * * * ? *)",
                "America/New_York",
                "2026-11-01T04:59:00Z",
                "2026-11-01T07:30:00Z",
                &[
                    "2026-11-01T05:00:00Z",
                    "2026-11-01T05:30:00Z",
                    "2026-11-01T07:00:00Z",
                    "2026-11-01T07:30:00Z",
                ],
            ),
            (
                "at(2026-11-01T01:30:00)",
                "America/New_York",
                "2026-10-31T00:00:00Z",
                "2026-11-03T00:00:00Z",
                &["2026-11-01T05:30:00Z"],
            ),
            // Sao Paulo went from midnight back to 23:00 of 17 February 2018.
            (
                "cron(30 23 * * ? *)",
                "America/Sao_Paulo",
                "2018-02-17T12:00:00Z",
                "2018-02-19T12:00:00Z",
                &["2018-02-18T01:30:00Z", "2018-02-19T02:30:00Z"],
            ),
            // Lord Howe goes from 02:00 back to 01:30 on 5 April 2026.
            (
                "cron(0/15 1-2 * * ? *)",
                "Australia/Lord_Howe",
                "2026-04-04T13:59:00Z",
                "2026-04-04T15:45:00Z",
                &[
                    "2026-04-04T14:00:00Z",
                    "2026-04-04T14:15:00Z",
                    "2026-04-04T14:30:00Z",
                    "2026-04-04T14:45:00Z",
                    "2026-04-04T15:30:00Z",
                    "2026-04-04T15:45:00Z",
                ],
            ),
        ];
        for (expression, zone, from, until, expected) in cases {
            assert_eq!(
                runs(expression, zone, from, until),
                *expected,
                "{expression} in {zone}"
            );
        }
    }

    #[test]
    fn fields_mean_what_aws_says_they_mean() {
        // From Saturday 21 November 2026.
        let cases = [
            ("cron(0 8 ? * MON-FRI *)", "2026-11-23T08:00:00Z"),
            ("cron(0 8 ? * 2 *)", "2026-11-23T08:00:00Z"),
            ("cron(0 8 ? * 2#1 *)", "2026-12-07T08:00:00Z"),
            ("cron(0 8 L * ? *)", "2026-11-30T08:00:00Z"),
            ("cron(0 8 29W * ? *)", "2026-11-30T08:00:00Z"),
            ("cron(0 8 ? * 6L *)", "2026-11-27T08:00:00Z"),
            ("cron(0/20 10 * * ? *)", "2026-11-21T10:00:00Z"),
            ("cron(15 10 1 JAN ? 2030)", "2030-01-01T10:15:00Z"),
            ("at(2026-12-24T18:00:00)", "2026-12-24T18:00:00Z"),
        ];
        for (expression, expected) in cases {
            let timetable = Timetable::parse(expression, "UTC").unwrap();
            assert_eq!(
                timetable.first(at("2026-11-21T09:00:00Z")),
                Some(at(expected)),
                "{expression}"
            );
        }
        let past = Timetable::parse("cron(0 8 1 1 ? 2020)", "UTC").unwrap();
        assert_eq!(past.first(at("2026-11-21T09:00:00Z")), None);
    }

    #[test]
    fn a_rate_starts_at_once_and_keeps_its_beat() {
        let minutely = Timetable::parse("rate(5 minutes)", "UTC").unwrap();
        let start = at("2026-11-21T12:00:00Z");
        assert_eq!(minutely.first(start), Some(start));
        assert_eq!(minutely.following(start, start), Some(at("2026-11-21T12:05:00Z")));
        assert_eq!(
            minutely.following(start, at("2026-11-21T12:17:00Z")),
            Some(at("2026-11-21T12:20:00Z"))
        );
    }

    #[test]
    fn what_aws_refuses_is_refused() {
        use ExpressionError as E;
        let inner = |text: &str| text.to_owned();
        let cases = [
            ("every minute", E::Unknown(inner("every minute"))),
            ("fortnightly(1)", E::Unknown(inner("fortnightly(1)"))),
            ("rate(0 minutes)", E::Rate(inner("0 minutes"))),
            ("rate(1.5 hours)", E::Rate(inner("1.5 hours"))),
            ("rate(10 seconds)", E::Rate(inner("10 seconds"))),
            ("cron(0 8 * * ?)", E::FieldCount(inner("0 8 * * ?"))),
            ("cron(0 0 8 * * ? *)", E::FieldCount(inner("0 0 8 * * ? *"))),
            ("cron(0 8 * * * *)", E::Days(inner("0 8 * * * *"))),
            ("cron(0 8 ? * ? *)", E::Days(inner("0 8 ? * ? *"))),
            ("at(2026-13-01T00:00:00)", E::At(inner("2026-13-01T00:00:00"))),
        ];
        for (expression, error) in cases {
            assert_eq!(
                Timetable::parse(expression, "UTC").unwrap_err(),
                error,
                "{expression}"
            );
        }
        assert!(matches!(
            Timetable::parse("cron(61 8 * * ? *)", "UTC"),
            Err(E::Cron { .. })
        ));
        let zone = Timetable::parse("rate(1 minute)", "Mars/Olympus");
        assert_eq!(zone.unwrap_err(), E::TimeZone("Mars/Olympus".into()));
    }
}
