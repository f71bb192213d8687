//! Time about which a sensor tells nothing.

use super::Window;
use crate::time::{Span, Timestamp};

/// How much of its interval a sensor must at least be silent for, in percent, for that to be a gap: two and a half, so that
/// one report that was lost on the way is none, and two are.
pub const GAP_PERCENT: u32 = 250;

/// From when silence of a sensor that reports every `interval` is a gap, which is `percent` of it.
#[must_use]
pub const fn gap_of(interval: Span, percent: u32) -> Span {
    interval.percent(percent)
}

/// Time about which a sensor tells nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The report before it, or the beginning of the span that was looked at.
    pub from: Timestamp,
    /// The report after it, or the end of the span.
    pub to: Timestamp,
    /// Whether it may have begun before the span.
    pub began_before: bool,
    /// Whether no report has ended it within the span.
    pub goes_on: bool,
}

/// Gaps being found in one sensor's reports, which come in the order of time.
#[derive(Debug, Clone)]
pub struct Gaps {
    span: Window,
    least: Span,
    last_at: Option<Timestamp>,
    found: Vec<Gap>,
}

impl Gaps {
    /// Looks for silence of at `least` that long within `span`.
    #[must_use]
    pub const fn new(span: Window, least: Span) -> Self {
        Self {
            span,
            least,
            last_at: None,
            found: Vec::new(),
        }
    }

    /// The sensor reported at `at`, whatever it said. What is outside of the span is left out.
    pub fn take(&mut self, at: Timestamp) {
        if at < self.span.from || at > self.span.to {
            return;
        }
        self.end(at, false);
        self.last_at = Some(at);
    }

    /// All gaps, in the order of time; one at the end of the span only if the sensor is `still_there`.
    #[must_use]
    pub fn finish(mut self, still_there: bool) -> Vec<Gap> {
        if still_there {
            self.end(self.span.to, true);
        }
        self.found
    }

    fn end(&mut self, to: Timestamp, goes_on: bool) {
        let from = self.last_at.unwrap_or(self.span.from);
        if to.since(from) >= self.least && from < to {
            self.found.push(Gap {
                from,
                to,
                began_before: self.last_at.is_none(),
                goes_on,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_seconds(1_780_000_000 + minute * 60)
    }

    fn found(minutes: &[i64], still_there: bool) -> Vec<(i64, i64, bool, bool)> {
        let span = Window {
            from: at(0),
            to: at(100),
        };
        let mut gaps = Gaps::new(span, gap_of(Span::minutes(10), GAP_PERCENT));
        for minute in minutes {
            gaps.take(at(*minute));
        }
        let minute = |instant: Timestamp| instant.since(at(0)).as_minutes();
        gaps.finish(still_there)
            .iter()
            .map(|gap| (minute(gap.from), minute(gap.to), gap.began_before, gap.goes_on))
            .collect()
    }

    #[test]
    fn two_lost_reports_are_a_gap_and_one_is_none() {
        assert_eq!(
            found(&[0, 10, 30, 40, 65, 75, 95], true),
            [(40, 65, false, false)]
        );
    }

    #[test]
    fn a_gap_at_the_ends_of_the_span_is_told_as_such() {
        assert_eq!(
            found(&[25, 35, 50], true),
            [(0, 25, true, false), (50, 100, false, true)]
        );
        assert_eq!(found(&[24, 35, 50], false), []);
        assert_eq!(found(&[], true), [(0, 100, true, true)]);
        assert_eq!(found(&[], false), []);
        assert_eq!(found(&[-50, 0, 20, 40, 60, 80, 100, 150], true), []);
    }

    proptest! {
        #[test]
        fn every_silence_is_told_once_and_never_interrupted(
            minutes in prop::collection::btree_set(0_i64..=100, 0..30),
        ) {
            let minutes: Vec<i64> = minutes.into_iter().collect();
            let gaps = found(&minutes, true);
            for (from, to, ..) in &gaps {
                prop_assert!(to - from >= 25);
                prop_assert!(!minutes.iter().any(|minute| from < minute && minute < to));
            }
            prop_assert!(gaps.windows(2).all(|pair| pair[0].1 <= pair[1].0));
            let edges = [0].into_iter().chain(minutes.iter().copied()).chain([100]);
            let edges: Vec<i64> = edges.collect();
            let silences = edges.windows(2).filter(|pair| pair[1] - pair[0] >= 25).count();
            prop_assert_eq!(gaps.len(), silences);
        }
    }
}
