//! When keys that sign tokens begin to sign, are renewed and are forgotten.
//!
//! A new key is published before it signs, so that nobody who keeps the published keys for a while meets a token they
//! cannot check; and an old one stays published until the last token it signed has ended.

use super::ACCESS_TOKEN_LIFE;
use crate::time::{Span, Timestamp};

/// How old the newest key may become. Nobody asks for a certain age; a month keeps the renewal practised.
pub const KEY_LIFE: Span = Span::hours(30 * 24);
/// How long a key is published before it signs: longer than anyone is told to keep the published keys.
pub const PUBLISHED_AHEAD: Span = Span::minutes(15);

/// Which of the keys that were made at the instants `made` signs at `now`: the newest of those that have been published
/// long enough. The first key of all signs at once.
#[must_use]
pub fn signing(made: &[Timestamp], now: Timestamp) -> Option<usize> {
    let by_age = |(place, at): &(usize, &Timestamp)| (**at, *place);
    let all = || made.iter().enumerate();
    all()
        .filter(|(_, at)| **at + PUBLISHED_AHEAD <= now)
        .max_by_key(by_age)
        .or_else(|| all().min_by_key(by_age))
        .map(|(place, _)| place)
}

/// Whether another key is to be made.
#[must_use]
pub fn is_renewal_due(made: &[Timestamp], now: Timestamp) -> bool {
    made.iter().max().is_none_or(|newest| *newest + KEY_LIFE <= now)
}

/// Whether the key at `place` has signed nothing that could still be valid: a newer one signs for so long that each
/// token of this one has ended, also those of a process that noticed late.
#[must_use]
pub fn is_outlived(made: &[Timestamp], place: usize, now: Timestamp) -> bool {
    let Some(own) = made.get(place) else {
        return false;
    };
    let end = |successor: Timestamp| successor + PUBLISHED_AHEAD + PUBLISHED_AHEAD + ACCESS_TOKEN_LIFE;
    made.iter()
        .filter(|other| *other > own)
        .min()
        .is_some_and(|successor| end(*successor) <= now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: Timestamp = Timestamp::from_seconds(1_790_000_000);

    #[test]
    fn a_new_key_is_published_before_it_signs() {
        assert_eq!(signing(&[], START), None);
        assert_eq!(signing(&[START], START), Some(0), "the first signs at once");
        let next = START + KEY_LIFE;
        assert!(is_renewal_due(&[], START));
        assert!(!is_renewal_due(&[START], START + Span::hours(29 * 24)));
        assert!(is_renewal_due(&[START], next));
        assert!(!is_renewal_due(&[START, next], next));
        assert_eq!(signing(&[START, next], next), Some(0));
        assert_eq!(signing(&[START, next], next + PUBLISHED_AHEAD), Some(1));
    }

    proptest! {
        /// Whatever keys there are and whenever they are looked at, what was signed can be checked until it ends.
        #[test]
        fn no_key_is_forgotten_while_its_tokens_live(
            made in prop::collection::vec(0_u32..3_000, 1..6),
            signed in 0_u32..4_000,
            later in 0_u32..=25,
        ) {
            let made: Vec<Timestamp> = made.into_iter().map(|minute| START + Span::minutes(minute)).collect();
            let signed = START + Span::minutes(signed);
            let key = signing(&made, signed).unwrap();
            // A process signs with what it knew fifteen minutes ago, and the token lives for ten.
            let checked = signed + Span::minutes(later);
            prop_assert!(!is_outlived(&made, key, checked));
            prop_assert!((0..made.len()).any(|place| !is_outlived(&made, place, checked)));
        }
    }
}
