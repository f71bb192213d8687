//! Forecasts held against what the probe measured afterwards.

use crate::week::UnitWeek;
use freshtrack_domain::history::{FORECAST_SPAN, Sample, forecast};
use freshtrack_domain::measurement::TemperatureSample;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{Overrides, Rules};

/// A forecast counts as wrong when the limit is not reached within twice the time it gave, and this.
const PATIENCE: Span = Span::minutes(30);
/// An excursion counts as forecast when it was at least this long before.
const NOTICE: Span = Span::minutes(10);

/// How good forecasts are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForecastScore {
    /// How many weeks.
    pub weeks: usize,
    /// Forecasts made: one for each reading that gave one.
    pub made: usize,
    /// After how many the limit was reached.
    pub reached: usize,
    /// After how many of those within the error bar.
    pub within: usize,
    /// How far off those were, in seconds.
    pub errors: Vec<i64>,
    /// How long before the limit they were made, in seconds.
    pub notices: Vec<i64>,
    /// Excursions of the probe that began while something real went on.
    pub excursions: usize,
    /// How many of them had been forecast [`NOTICE`] before.
    pub forecast: usize,
}

impl ForecastScore {
    /// Makes all forecasts of `week`, each from what had been measured by then.
    pub fn add(&mut self, week: &UnitWeek) {
        let overrides = Overrides {
            report_interval: Some(week.interval),
            ..Overrides::default()
        };
        let rules = Rules::effective(week.kind, &overrides);
        let samples = measured(week);
        self.weeks += 1;
        let mut begin = 0;
        // When a forecast last began to be made, without a break.
        let mut foreseen: Option<Timestamp> = None;
        let mut was_out = false;
        for (index, newest) in samples.iter().enumerate() {
            let is_out = rules.violation(newest.temperature).is_some();
            if is_out
                && !was_out
                && week
                    .events
                    .iter()
                    .any(|event| event.kind.needs_a_person() && event.covers(newest.at))
            {
                self.excursions += 1;
                self.forecast += usize::from(foreseen.is_some_and(|since| newest.at.since(since) >= NOTICE));
            }
            was_out = is_out;
            while samples
                .get(begin)
                .is_some_and(|oldest| oldest.at < newest.at - FORECAST_SPAN)
            {
                begin += 1;
            }
            let Some(told) = samples
                .get(begin..=index)
                .and_then(|known| forecast(known, &rules, newest.at))
            else {
                foreseen = None;
                continue;
            };
            foreseen.get_or_insert(newest.at);
            self.made += 1;
            let mut after = samples.iter().skip(index + 1);
            let patience = told.at.since(newest.at).times(2) + PATIENCE;
            let Some(crossed) = after
                .find(|sample| rules.violation(sample.temperature) == Some(told.side))
                .map(|sample| sample.at)
                .filter(|crossed| *crossed <= newest.at + patience)
            else {
                continue;
            };
            self.reached += 1;
            // A probe that reports every ten minutes tells of the crossing up to ten minutes late.
            let soonest = crossed - week.interval;
            let in_time = told.latest.is_none_or(|latest| soonest <= latest);
            self.within += usize::from(told.earliest <= crossed && in_time);
            self.errors
                .push((told.at.as_seconds() - crossed.as_seconds()).abs());
            self.notices.push(crossed.since(newest.at).as_seconds());
        }
    }

    /// The share of forecasts after which the limit was reached, in percent.
    #[must_use]
    pub fn reached_percent(&self) -> f64 {
        percent(self.reached, self.made)
    }

    /// The share of those that reached it within the error bar, in percent.
    #[must_use]
    pub fn within_percent(&self) -> f64 {
        percent(self.within, self.reached)
    }

    /// The middle error, in minutes.
    #[must_use]
    pub fn median_error(&self) -> f64 {
        median_minutes(&self.errors)
    }

    /// The middle time from a forecast to the limit, in minutes.
    #[must_use]
    pub fn median_notice(&self) -> f64 {
        median_minutes(&self.notices)
    }

    /// The share of the probe's excursions that were forecast, in percent.
    #[must_use]
    pub fn foreseen_percent(&self) -> f64 {
        percent(self.forecast, self.excursions)
    }
}

/// What the probe measured, in the order of time.
fn measured(week: &UnitWeek) -> Vec<Sample> {
    let mut samples: Vec<Sample> = week
        .arrivals
        .iter()
        .filter(|arrival| arrival.reading.drives_unit)
        .filter_map(|arrival| match arrival.reading.temperature {
            Some(TemperatureSample::Valid(temperature)) => Some(Sample {
                at: arrival.reading.recorded_at,
                temperature,
            }),
            _ => None,
        })
        .collect();
    samples.sort_by_key(|sample| sample.at);
    samples.dedup_by_key(|sample| sample.at);
    samples
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

fn median_minutes(seconds: &[i64]) -> f64 {
    let mut sorted = seconds.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default() as f64 / 60.0
}
