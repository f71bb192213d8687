//! How much of a span is known.

use super::Window;
use super::summary::percent;
use crate::time::{Span, Timestamp};

/// How much of a span is known of one sensor, whose usable readings come in the order of time: each holds until the next, but
/// no longer than a report may be late. Without it no figure about the span says how much it is worth.
#[derive(Debug, Clone, Copy)]
pub struct Coverage {
    span: Window,
    deadline: Span,
    known: Span,
    last_at: Option<Timestamp>,
}

impl Coverage {
    /// Nothing of `span` is known yet of a sensor of which a report is overdue after `deadline`.
    #[must_use]
    pub const fn new(span: Window, deadline: Span) -> Self {
        Self {
            span,
            deadline,
            known: Span::ZERO,
            last_at: None,
        }
    }

    /// Something usable was measured at `at`. What was measured before the span may hold when it begins.
    pub fn take(&mut self, at: Timestamp) {
        self.hold_until(at);
        self.last_at = Some(at);
    }

    /// The share of the span that is known, in percent; none of a span that is empty.
    #[must_use]
    pub fn percent(mut self) -> Option<f64> {
        self.hold_until(self.span.to);
        percent(self.known, self.span.span())
    }

    fn hold_until(&mut self, at: Timestamp) {
        if let Some(last) = self.last_at {
            let until = at.min(last + self.deadline).min(self.span.to);
            self.known = self.known + until.since(last.max(self.span.from));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at, rules, samples, window};
    use super::super::summarize;
    use super::*;
    use proptest::prelude::*;

    fn covered(minutes: &[i64], span: Window) -> Option<f64> {
        let mut coverage = Coverage::new(span, rules().report_deadline());
        for minute in minutes {
            coverage.take(at(*minute));
        }
        coverage.percent()
    }

    #[test]
    fn what_is_silent_is_not_known_and_nothing_of_nothing_is_no_share() {
        assert_eq!(covered(&[0, 5, 10, 15], window(0, 20)), Some(100.0));
        assert_eq!(covered(&[-3], window(0, 10)), Some(30.0));
        assert_eq!(covered(&[], window(0, 10)), Some(0.0));
        assert_eq!(covered(&[0], window(0, 0)), None);
    }

    proptest! {
        #[test]
        fn it_is_the_coverage_of_a_summary(
            minutes in prop::collection::btree_set(-20_i64..120, 0..40),
            from in 0_i64..50,
            length in 1_i64..60,
        ) {
            let minutes: Vec<i64> = minutes.into_iter().collect();
            let span = window(from, from + length);
            let taken: Vec<(i64, i32)> = minutes.iter().map(|minute| (*minute, 300)).collect();
            let summary = &summarize(&samples(&taken), &[span], &rules())[0];
            prop_assert_eq!(covered(&minutes, span), summary.coverage_percent());
        }
    }
}
