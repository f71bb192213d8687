//! What an open door excuses: people take food out and put it in, and the air near the probe is that of the kitchen.

use super::super::{DoorState, Mask, Masking, UnitState, UnitStatus};
use super::Step;
use crate::measurement::Door;
use crate::time::{Span, Timestamp};

/// How long after it was opened a door excuses anything (specification 2.3).
const GRACE: Span = Span::minutes(20);
/// What is counted as one day, from its first excuse on: no time zone has to be known, and none can be changed to have
/// more.
const DAY: Span = Span::hours(24);

/// When the excuse that goes on is none any more.
pub(super) fn ends_at(state: &UnitState) -> Option<Timestamp> {
    state.mask().map(|mask| mask.until)
}

impl Step<'_> {
    /// Whether an open door excuses that it is too warm at `at`. Only what begins while all was well is excused, and only
    /// until an end that is fixed when it begins: closing the door and opening it again wins no time.
    pub(super) fn is_excused(&mut self, at: Timestamp) -> bool {
        let Some(DoorState {
            door: Door::Open,
            since,
            ..
        }) = self.state.door
        else {
            return false;
        };
        if self.state.status != UnitStatus::Ok || at < since {
            return false;
        }
        let fresh = Masking {
            day: at,
            used: Span::ZERO,
            current: None,
        };
        let known = self.state.masking;
        let mut masking = known
            .filter(|known| known.current.is_some() || at < known.day + DAY)
            .unwrap_or(fresh);
        let mut mask = masking.current.unwrap_or_else(|| Mask {
            since: at,
            until: self.longest(masking.used, at).min(since + GRACE),
            samples: 0,
        });
        if at >= mask.until {
            return false;
        }
        mask.samples = mask.samples.saturating_add(1);
        masking.current = Some(mask);
        self.state.masking = Some(masking);
        true
    }

    /// How long an excuse from `since` on lasts at most, when `used` is what was excused that day before.
    fn longest(&self, used: Span, since: Timestamp) -> Timestamp {
        since + self.rules.door_mask.less(used).min(self.rules.max_excursion)
    }

    /// Ends the excuse that goes on.
    pub(super) fn end_mask(&mut self, at: Timestamp) -> Option<Mask> {
        let masking = self.state.masking.as_mut()?;
        let mask = masking.current.take()?;
        masking.used = masking.used + at.min(mask.until).since(mask.since);
        Some(mask)
    }

    /// The excuse has ended, and what was last known is out of range.
    pub(super) fn unmask(&mut self, at: Timestamp) {
        let mask = self.end_mask(at);
        let Some(last) = self.state.last else { return };
        if let Some(side) = self.rules.violation(last.temperature) {
            self.begin_excursion(last.temperature, side, at, mask);
        }
    }

    /// Rules that were made stricter shorten an excuse that goes on.
    pub(super) fn clip_mask(&mut self) {
        let Some(masking) = self.state.masking else { return };
        let Some(mask) = masking.current else { return };
        let until = mask.until.min(self.longest(masking.used, mask.since));
        let current = Some(Mask { until, ..mask });
        self.state.masking = Some(Masking { current, ..masking });
    }
}
