//! What a door did, told by what its contact reported.

use super::Window;
use crate::measurement::Door;
use crate::time::{Span, Timestamp};

/// A door that was found open or closed, where it was not so before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoorEvent {
    /// When it was first reported.
    pub at: Timestamp,
    /// What the door has been since.
    pub door: Door,
    /// For how long, if it has changed again within the span that was looked at.
    pub lasted: Option<Span>,
    /// Whether it is the first report within the span, so that the door may have been so before.
    pub initial: bool,
}

/// Events being found in one contact's reports, which come in the order of time.
#[derive(Debug, Clone)]
pub struct DoorEvents {
    span: Window,
    found: Vec<DoorEvent>,
}

impl DoorEvents {
    /// Looks at the reports within `span`, its end included.
    #[must_use]
    pub const fn new(span: Window) -> Self {
        Self {
            span,
            found: Vec::new(),
        }
    }

    /// The contact reported `door` at `at`. What is outside of the span is left out.
    pub fn take(&mut self, at: Timestamp, door: Door) {
        if at < self.span.from || at > self.span.to {
            return;
        }
        if let Some(last) = self.found.last_mut() {
            if last.door == door {
                return;
            }
            last.lasted = Some(at.since(last.at));
        }
        let initial = self.found.is_empty();
        self.found.push(DoorEvent {
            at,
            door,
            lasted: None,
            initial,
        });
    }

    /// All events, in the order of time.
    #[must_use]
    pub fn finish(self) -> Vec<DoorEvent> {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_seconds(1_780_000_000 + minute * 60)
    }

    fn events(reports: &[(i64, Door)]) -> Vec<DoorEvent> {
        let mut events = DoorEvents::new(Window {
            from: at(0),
            to: at(100),
        });
        for (minute, door) in reports {
            events.take(at(*minute), *door);
        }
        events.finish()
    }

    #[test]
    fn an_event_is_a_change_and_lasts_until_the_next() {
        use Door::{Closed, Open};
        let found = events(&[
            (-5, Open),
            (2, Closed),
            (5, Closed),
            (7, Open),
            (9, Open),
            (12, Closed),
        ]);
        let event = |minute, door, lasted: Option<u32>, initial| DoorEvent {
            at: at(minute),
            door,
            lasted: lasted.map(Span::minutes),
            initial,
        };
        assert_eq!(
            found,
            [
                event(2, Closed, Some(5), true),
                event(7, Open, Some(5), false),
                event(12, Closed, None, false)
            ]
        );
        assert_eq!(events(&[]), []);
    }

    proptest! {
        #[test]
        fn events_alternate_and_follow_each_other_without_gap(
            reports in prop::collection::btree_map(0_i64..=100, any::<bool>(), 0..60),
        ) {
            let reports: Vec<(i64, Door)> = reports
                .into_iter()
                .map(|(minute, open)| (minute, if open { Door::Open } else { Door::Closed }))
                .collect();
            let found = events(&reports);
            prop_assert_eq!(found.is_empty(), reports.is_empty());
            for pair in found.windows(2) {
                prop_assert_ne!(pair[0].door, pair[1].door);
                prop_assert_eq!(pair[0].lasted, Some(pair[1].at.since(pair[0].at)));
            }
            // What the events say of any report is what it said.
            for (minute, door) in reports {
                let said = found.iter().rev().find(|event| event.at <= at(minute));
                prop_assert_eq!(said.map(|event| event.door), Some(door));
            }
        }
    }
}
