//! Trying something at a network server, again and again where that may help.

use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How long to wait before each further attempt (specification 9.7).
const RETRY_AFTER: [Span; 5] = [
    Span::minutes(1),
    Span::minutes(5),
    Span::minutes(15),
    Span::minutes(60),
    Span::minutes(240),
];
/// The longest time for which a server may ask to be left in peace.
const LONGEST_PEACE: Span = Span::hours(24);
/// How long an attempt may take, with all its calls. One that takes longer was interrupted, and may be made anew.
pub const ATTEMPT_LEASE: Span = Span::minutes(2);

/// How often something was tried, and when it is to be tried next.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Attempts {
    /// How often it was begun.
    pub made: u32,
    /// When it is to be tried next; at once if absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next_at: Option<Timestamp>,
    /// Until when whoever has begun may be at work.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub working_until: Option<Timestamp>,
}

impl Attempts {
    /// Whether somebody may be at work.
    #[must_use]
    pub fn is_at_work(&self, now: Timestamp) -> bool {
        self.working_until.is_some_and(|until| now < until)
    }

    /// Whether it is to be tried now.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        !self.is_at_work(now) && self.next_at.is_none_or(|next| next <= now)
    }

    /// Begins the next one; false when there were as many as there may be.
    #[must_use]
    pub fn begin(&mut self, now: Timestamp) -> bool {
        if self.made as usize > RETRY_AFTER.len() {
            return false;
        }
        self.made = self.made.saturating_add(1);
        self.next_at = None;
        self.working_until = Some(now + ATTEMPT_LEASE);
        true
    }

    /// Ends the present one.
    pub const fn end(&mut self) {
        self.working_until = None;
    }

    /// Ends the present one and sets the time of the next, not before `peace` is over; false when it was the last.
    #[must_use]
    pub fn again(&mut self, now: Timestamp, peace: Option<Span>) -> bool {
        self.end();
        let begun = self.made.max(1) as usize;
        let Some(wait) = RETRY_AFTER.get(begun - 1).copied() else {
            return false;
        };
        let peace = peace.unwrap_or(Span::ZERO).min(LONGEST_PEACE);
        self.next_at = Some(now + if peace > Span::ZERO { peace } else { wait });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

    #[test]
    fn there_are_five_further_attempts_with_growing_pauses() {
        let mut attempts = Attempts::default();
        let mut pauses = Vec::new();
        loop {
            assert!(attempts.is_due(NOW + Span::hours(24)));
            assert!(attempts.begin(NOW));
            assert!(attempts.is_at_work(NOW) && !attempts.is_due(NOW));
            if !attempts.again(NOW, None) {
                break;
            }
            let next = attempts.next_at.unwrap();
            assert!(!attempts.is_due(NOW) && attempts.is_due(next));
            pauses.push(next.since(NOW).as_minutes());
        }
        assert_eq!(pauses, [1, 5, 15, 60, 240]);
        assert!(!attempts.begin(NOW), "that was the last");
    }

    #[test]
    fn a_server_is_left_in_peace_for_as_long_as_it_asks_within_a_day() {
        for (asked, waits) in [
            (Span::seconds(30), Span::seconds(30)),
            (Span::hours(2), Span::hours(2)),
            (Span::hours(900), Span::hours(24)),
            (Span::ZERO, Span::minutes(1)),
        ] {
            let mut attempts = Attempts::default();
            assert!(attempts.begin(NOW) && attempts.again(NOW, Some(asked)));
            assert_eq!(attempts.next_at, Some(NOW + waits));
        }
    }

    #[test]
    fn an_interrupted_attempt_is_made_anew_but_counts() {
        let mut attempts = Attempts::default();
        for _ in 0..6 {
            assert!(attempts.begin(NOW));
            assert!(attempts.is_due(NOW + ATTEMPT_LEASE));
        }
        assert!(!attempts.begin(NOW), "what kills its worker each time ends");
    }
}
