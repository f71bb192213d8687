//! When people expect alarms and want none: somebody mends a unit, it thaws, it is moved.

use crate::alert::AlertKind;
use crate::time::{Span, Timestamp};
use crate::unit::Quiet;
use serde::{Deserialize, Serialize};

/// How many quiet times a unit may have ahead: each is written with every reading.
pub const MOST_QUIET_TIMES: usize = 4;
/// How long one may last: whatever takes longer is no exception any more, and belongs into the rules.
pub const LONGEST_QUIET_TIME: Span = Span::hours(24);

/// Why alerts are held back (specification 1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum QuietReason {
    /// Somebody works on the unit.
    Maintenance,
    /// The unit thaws.
    Defrost,
    /// The unit is moved.
    Relocation,
    /// Something else.
    Other,
}

/// A time in which alerts of a unit are held back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietTime {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends: what still holds then is told.
    pub until: Timestamp,
    /// Of which kinds; all if empty.
    #[serde(default)]
    pub kinds: Vec<AlertKind>,
    /// Why.
    pub reason: QuietReason,
}

/// Why quiet times cannot be as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidQuietTime {
    /// It ends before it begins.
    #[error("a quiet time ends after it begins")]
    Empty,
    /// It is too long.
    #[error("a quiet time lasts for 24 hours at most")]
    TooLong,
    /// There are too many.
    #[error("a unit has four quiet times ahead at most")]
    TooMany,
}

impl QuietTime {
    /// Those of `times` that are not over at `now`, in the order in which they begin.
    ///
    /// # Errors
    /// When there are too many, or one of them makes no sense.
    pub fn ahead(times: Vec<Self>, now: Timestamp) -> Result<Vec<Self>, InvalidQuietTime> {
        for time in &times {
            if time.until <= time.from {
                return Err(InvalidQuietTime::Empty);
            }
            if time.until.since(time.from) > LONGEST_QUIET_TIME {
                return Err(InvalidQuietTime::TooLong);
            }
        }
        let mut ahead: Vec<Self> = times.into_iter().filter(|time| time.until > now).collect();
        ahead.sort_by_key(|time| (time.from, time.until));
        if ahead.len() > MOST_QUIET_TIMES {
            return Err(InvalidQuietTime::TooMany);
        }
        Ok(ahead)
    }

    /// What the engine is told of it.
    #[must_use]
    pub fn quiet(&self) -> Quiet {
        let kinds = super::recurring::kinds_of(&self.kinds);
        Quiet {
            kinds,
            from: self.from,
            until: self.until,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(from: i64, until: i64) -> QuietTime {
        QuietTime {
            from: Timestamp::from_seconds(from * 3_600),
            until: Timestamp::from_seconds(until * 3_600),
            kinds: Vec::new(),
            reason: QuietReason::Defrost,
        }
    }

    #[test]
    fn only_what_is_not_over_is_kept_and_no_more_than_can_be() {
        let ahead = |times| QuietTime::ahead(times, Timestamp::from_seconds(10 * 3_600));
        assert_eq!(
            ahead(vec![time(20, 21), time(9, 10), time(9, 11)]),
            Ok(vec![time(9, 11), time(20, 21)])
        );
        assert_eq!(ahead(vec![time(20, 20)]), Err(InvalidQuietTime::Empty));
        assert_eq!(ahead(vec![time(20, 44)]).map(|kept| kept.len()), Ok(1));
        assert_eq!(ahead(vec![time(20, 45)]), Err(InvalidQuietTime::TooLong));
        let hours = |count: i64| (0..count).map(|hour| time(20 + hour, 21 + hour)).collect();
        assert_eq!(ahead(hours(4)).map(|kept| kept.len()), Ok(4));
        assert_eq!(ahead(hours(5)), Err(InvalidQuietTime::TooMany));
    }

    #[test]
    fn no_kind_is_every_kind() {
        assert!(time(1, 2).quiet().kinds.contains(AlertKind::CalibrationDue));
        let door = QuietTime {
            kinds: vec![AlertKind::DoorOpen],
            ..time(1, 2)
        };
        assert!(door.quiet().kinds.contains(AlertKind::DoorOpen));
        assert!(!door.quiet().kinds.contains(AlertKind::TempExcursion));
    }
}
