//! Whether a unit that is too warm cools at all.

use super::super::Mark;
use super::super::explain::Fact;
use super::Step;
use super::alerts::About;
use crate::alert::{AlertKind, Severity, Side};
use crate::measurement::CentiCelsius;
use crate::time::{Span, Timestamp};

/// For how long a unit must have been out of range with its door closed (specification 2.7).
const LONG: Span = Span::minutes(45);
/// How far apart the temperatures are that are remembered: then three are enough, and one of them is never much older
/// than [`LONG`].
const APART: Span = Span::seconds(45 * 60 / 2);
/// By how much it must have become better in that time for the cooling to be at work: 0.5 °F (the same).
const BETTER: CentiCelsius = CentiCelsius(28);

impl Step<'_> {
    /// A temperature out of range: whether it is better than it was. A span of time is asked for and no number of
    /// readings, or a sensor that reports every minute would raise this in five, and one that reports every quarter of an
    /// hour never.
    pub(super) fn watch_cooling(&mut self, temperature: CentiCelsius, side: Side, at: Timestamp) {
        let known = self.state.alert(AlertKind::SuspectedCoolingFailure).is_some();
        // What is too cold, or has its door open, says nothing of the cooling.
        let tells = side == Side::High && self.state.excursion.is_some() && !self.state.door_is_open();
        let course = &mut self.state.course;
        if known || !tells {
            course.clear();
            return;
        }
        if let Some(index) = course.iter().rposition(|mark| at.since(mark.0) >= LONG) {
            course.drain(..index);
        }
        if course.last().is_none_or(|mark| at.since(mark.0) >= APART) {
            course.push(Mark(at, temperature));
        }
        let Some(Mark(since, then)) = course.first().copied() else {
            return;
        };
        if at.since(since) < LONG || temperature.0 <= then.0.saturating_sub(BETTER.0) {
            return;
        }
        course.clear();
        let about = About {
            since: Some(since),
            crossed: Some((temperature, side)),
            fact: Fact::Before(then),
            ..About::default()
        };
        let kind = AlertKind::SuspectedCoolingFailure;
        self.open(kind, Severity::Warning, at, about);
    }
}
