//! A trace of any length in as many buckets as a screen has columns, without losing what matters: the extremes, the gaps, and
//! what did not come as it was measured.

use super::{Sample, Window};
use crate::measurement::CentiCelsius;
use crate::time::{Span, Timestamp};

/// What a sensor told at an instant, as far as a trace shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// When it was measured.
    pub at: Timestamp,
    /// The temperature; none where the sensor answered without a usable one.
    pub temperature: Option<CentiCelsius>,
    /// Whether a person typed it.
    pub manual: bool,
    /// Whether it came so late that the next report was overdue by then.
    pub back_filled: bool,
}

/// What was measured in one column of a trace.
///
/// First, last, lowest and highest are enough to draw the column as all of its readings would be drawn (the M4 aggregation of
/// Jugel, Jerzak, Hackenbroich and Markl, VLDB 2014).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// The first temperature.
    pub first: Sample,
    /// The last temperature.
    pub last: Sample,
    /// The first of the lowest temperatures.
    pub lowest: Sample,
    /// The first of the highest temperatures.
    pub highest: Sample,
    /// How many temperatures there are.
    pub readings: u32,
    /// How many of them came so late that the next report was overdue by then.
    pub back_filled: u32,
    /// How many of them a person typed.
    pub manual: u32,
    /// Whether a line from the bucket before to this one would tell of time about which nothing is known.
    pub broken: bool,
    /// How often such time lies within the bucket, between two of its readings.
    pub breaks: u32,
}

impl Bucket {
    const fn of(sample: Sample, broken: bool) -> Self {
        Self {
            first: sample,
            last: sample,
            lowest: sample,
            highest: sample,
            readings: 0,
            back_filled: 0,
            manual: 0,
            broken,
            breaks: 0,
        }
    }

    fn take(&mut self, sample: Sample, told: &Told) {
        self.last = sample;
        if sample.temperature < self.lowest.temperature {
            self.lowest = sample;
        }
        if sample.temperature > self.highest.temperature {
            self.highest = sample;
        }
        self.readings = self.readings.saturating_add(1);
        self.back_filled = self.back_filled.saturating_add(u32::from(told.back_filled));
        self.manual = self.manual.saturating_add(u32::from(told.manual));
    }

    /// What there is to draw: one to four points, in the order of time.
    #[must_use]
    pub fn points(&self) -> Vec<Sample> {
        let mut points = vec![self.first, self.lowest, self.highest, self.last];
        points.sort_by_key(|point| point.at);
        points.dedup();
        points
    }
}

/// A trace being made of one sensor's readings, which come in the order of time.
#[derive(Debug, Clone)]
pub struct Trace {
    span: Window,
    columns: u32,
    gap: Span,
    buckets: Vec<Bucket>,
    /// The column of the last bucket.
    column: i64,
    /// When the sensor was last heard with a usable temperature.
    last_at: Option<Timestamp>,
    /// Whether it has told of a fault since.
    faulty: bool,
}

impl Trace {
    /// An empty trace of `span`, its end included, in `columns` equal columns, at least one. Readings that are `gap` or further
    /// apart are not connected.
    #[must_use]
    pub fn new(span: Window, columns: u32, gap: Span) -> Self {
        Self {
            span,
            columns: columns.max(1),
            gap,
            buckets: Vec::new(),
            column: -1,
            last_at: None,
            faulty: false,
        }
    }

    /// Adds what was told next. What is outside of the span is left out.
    pub fn take(&mut self, told: &Told) {
        let Some(column) = self.column_of(told.at) else {
            return;
        };
        let Some(temperature) = told.temperature else {
            self.faulty = true;
            return;
        };
        let sample = Sample {
            at: told.at,
            temperature,
        };
        let silent = self.last_at.is_some_and(|last| told.at.since(last) >= self.gap);
        let broken = silent || self.faulty;
        match self.buckets.last_mut().filter(|_| column == self.column) {
            Some(bucket) => {
                bucket.breaks = bucket.breaks.saturating_add(u32::from(broken));
                bucket.take(sample, told);
            }
            None => {
                let mut bucket = Bucket::of(sample, broken);
                bucket.take(sample, told);
                self.buckets.push(bucket);
            }
        }
        self.column = column;
        self.last_at = Some(told.at);
        self.faulty = false;
    }

    /// The columns in which something was measured, in the order of time.
    #[must_use]
    pub fn buckets(self) -> Vec<Bucket> {
        self.buckets
    }

    fn column_of(&self, at: Timestamp) -> Option<i64> {
        let Window { from, to } = self.span;
        if at < from || at > to {
            return None;
        }
        let columns = i64::from(self.columns);
        let offset = at.since(from).as_millis().saturating_mul(columns);
        let column = offset.checked_div(self.span.span().as_millis()).unwrap_or(0);
        Some(column.min(columns - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(1_780_000_000 + second)
    }

    fn told(second: i64, centi: Option<i32>) -> Told {
        Told {
            at: at(second),
            temperature: centi.map(CentiCelsius),
            manual: second % 7 == 0,
            back_filled: second % 5 == 0,
        }
    }

    fn trace(readings: &[Told], span: i64, columns: u32, gap: u32) -> Vec<Bucket> {
        let span = Window {
            from: at(0),
            to: at(span),
        };
        let mut trace = Trace::new(span, columns, Span::seconds(gap));
        for reading in readings {
            trace.take(reading);
        }
        trace.buckets()
    }

    fn centi(points: &[Sample]) -> Vec<i32> {
        points.iter().map(|point| point.temperature.0).collect()
    }

    #[test]
    fn a_column_keeps_its_ends_and_its_extremes_in_their_order() {
        let readings: Vec<_> = [300, 500, 900, 100, 200, 400]
            .into_iter()
            .zip(0..)
            .map(|(value, second)| told(second, Some(value)))
            .collect();
        let [bucket] = trace(&readings, 10, 1, 100)[..] else {
            panic!("one column, one bucket");
        };
        assert_eq!(centi(&bucket.points()), [300, 900, 100, 400]);
        assert_eq!((bucket.readings, bucket.manual, bucket.back_filled), (6, 1, 2));
        let [single] = trace(&readings[..1], 10, 1, 100)[..] else {
            panic!("one column, one bucket");
        };
        assert_eq!(centi(&single.points()), [300]);
    }

    #[test]
    fn the_end_of_the_span_is_in_its_last_column() {
        let buckets = trace(
            &[told(0, Some(1)), told(10, Some(2)), told(11, Some(3))],
            10,
            5,
            100,
        );
        assert_eq!(buckets.len(), 2);
        assert_eq!(buckets[1].last.at, at(10));
    }

    #[test]
    fn what_is_not_known_breaks_the_line() {
        let readings = [
            told(0, Some(300)),
            told(10, Some(310)),
            told(50, Some(320)),
            told(60, None),
            told(70, Some(330)),
            told(80, Some(340)),
        ];
        let broken = |columns| -> Vec<(bool, u32)> {
            trace(&readings, 100, columns, 25)
                .iter()
                .map(|bucket| (bucket.broken, bucket.breaks))
                .collect()
        };
        assert_eq!(
            broken(10),
            [(false, 0), (false, 0), (true, 0), (true, 0), (false, 0)]
        );
        assert_eq!(broken(2), [(false, 0), (true, 1)]);
        assert_eq!(broken(1), [(false, 2)]);
    }

    proptest! {
        #[test]
        fn nothing_that_matters_is_lost(
            mut readings in prop::collection::vec((0_i64..20_000, prop::option::weighted(0.95, -3_000_i32..3_000)), 0..300),
            columns in 1_u32..40,
            gap in 1_u32..2_000,
        ) {
            readings.sort_unstable_by_key(|(second, _)| *second);
            readings.dedup_by_key(|(second, _)| *second);
            let readings: Vec<Told> = readings.into_iter().map(|(second, centi)| told(second, centi)).collect();
            let buckets = trace(&readings, 20_000, columns, gap);
            prop_assert!(buckets.len() <= columns as usize);
            let measured: Vec<Sample> = readings
                .iter()
                .filter_map(|told| Some(Sample { at: told.at, temperature: told.temperature? }))
                .collect();
            let points: Vec<Sample> = buckets.iter().flat_map(Bucket::points).collect();
            // In order, nothing made up, the extremes and the ends among them.
            prop_assert!(points.windows(2).all(|pair| pair[0].at < pair[1].at));
            prop_assert!(points.iter().all(|point| measured.contains(point)));
            let temperatures = |samples: &[Sample]| -> Option<(CentiCelsius, CentiCelsius)> {
                let values = || samples.iter().map(|sample| sample.temperature);
                Some((values().min()?, values().max()?))
            };
            prop_assert_eq!(temperatures(&points), temperatures(&measured));
            prop_assert_eq!(points.first(), measured.first());
            prop_assert_eq!(points.last(), measured.last());
            // Every column keeps its own extremes.
            for bucket in &buckets {
                let within: Vec<Sample> = measured
                    .iter()
                    .copied()
                    .filter(|sample| (bucket.first.at..=bucket.last.at).contains(&sample.at))
                    .collect();
                prop_assert_eq!(within.len(), bucket.readings as usize);
                prop_assert_eq!(
                    temperatures(&within),
                    Some((bucket.lowest.temperature, bucket.highest.temperature))
                );
                prop_assert!(bucket.points().len() <= 4);
            }
            let counted = |count: fn(&Bucket) -> u32| buckets.iter().map(count).sum::<u32>() as usize;
            prop_assert_eq!(counted(|bucket| bucket.readings), measured.len());
            let marked = |mark: fn(&Told) -> bool| {
                readings.iter().filter(|told| told.temperature.is_some() && mark(told)).count()
            };
            prop_assert_eq!(counted(|bucket| bucket.manual), marked(|told| told.manual));
            prop_assert_eq!(counted(|bucket| bucket.back_filled), marked(|told| told.back_filled));
            // Every break is told, between two buckets or within one, and no bucket reaches over a gap as wide as itself.
            let mut breaks = 0;
            let mut faulty = false;
            let mut before: Option<Timestamp> = None;
            for told in &readings {
                if told.temperature.is_none() {
                    faulty = true;
                    continue;
                }
                if faulty || before.is_some_and(|before| told.at.since(before) >= Span::seconds(gap)) {
                    breaks += 1;
                }
                faulty = false;
                before = Some(told.at);
            }
            prop_assert_eq!(counted(|bucket| u32::from(bucket.broken) + bucket.breaks), breaks);
            for bucket in &buckets {
                prop_assert!(bucket.last.at.since(bucket.first.at) <= Span::seconds(20_000 / columns + 1));
            }
        }
    }
}
