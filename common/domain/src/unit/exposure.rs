//! How long a unit's food was beyond the legal limit of late, added up: several short excursions spoil as much as a long one,
//! though none of them is an alarm by itself.
//!
//! A temperature holds until the next one, but no longer than a report may be late: time of which nothing is known is not
//! counted. What is counted are the spells beyond the limit within the rolling window. They are kept up to the newest reading;
//! what has passed since then follows from that reading. An open door excuses nothing here.

use super::{LastReading, LegalLimit, Rules, UnitState};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// Spells that are told apart. Of more, the two that are closest to each other become one as long as both, at the end of the
/// later one: not a minute is lost, and some count for longer by the time between them.
const MOST_SPELLS: usize = 3;

/// A time beyond the limit, its end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Spell {
    from: Timestamp,
    to: Timestamp,
}

/// What was counted of late.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(into = "Vec<i64>", try_from = "Vec<i64>")]
pub struct Exposed {
    /// In the order of time, without overlap.
    spells: Vec<Spell>,
    /// Beyond what it was.
    limit: LegalLimit,
    /// Whether people have been told that it is too much, and it has not become half of that since.
    told: bool,
}

/// What there is in the first of the numbers.
const TOLD: i64 = 1;
const LOW: i64 = 1 << 1;
const HIGH: i64 = 1 << 2;

/// The numbers: what there is, the limit, then from the newest spell to the oldest its end and its length, each end counted
/// from the beginning of the spell behind it and the first as an instant.
impl From<Exposed> for Vec<i64> {
    fn from(exposed: Exposed) -> Self {
        let LegalLimit { low, high } = exposed.limit;
        let bit = |there: bool, bit: i64| if there { bit } else { 0 };
        let what = bit(exposed.told, TOLD) | bit(low.is_some(), LOW) | bit(high.is_some(), HIGH);
        let mut numbers = vec![what];
        numbers.extend([low, high].into_iter().flatten().map(|limit| i64::from(limit.0)));
        let mut behind = None;
        for Spell { from, to } in exposed.spells.into_iter().rev() {
            numbers.push(behind.map_or(to.as_millis(), |later: Timestamp| later.since(to).as_millis()));
            numbers.push(to.since(from).as_millis());
            behind = Some(from);
        }
        numbers
    }
}

/// Numbers that tell of no exposure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored numbers are no exposure")]
pub struct InvalidExposed;

impl TryFrom<Vec<i64>> for Exposed {
    type Error = InvalidExposed;

    fn try_from(numbers: Vec<i64>) -> Result<Self, InvalidExposed> {
        let mut numbers = numbers.into_iter();
        let what = numbers.next().ok_or(InvalidExposed)?;
        let mut degrees = |bit: i64| {
            let told = (what & bit != 0).then(|| numbers.next().and_then(|told| i32::try_from(told).ok()));
            told.map(|told| told.map(crate::measurement::CentiCelsius).ok_or(InvalidExposed))
                .transpose()
        };
        let limit = LegalLimit {
            low: degrees(LOW)?,
            high: degrees(HIGH)?,
        };
        let mut spells = Vec::new();
        let mut behind: Option<Timestamp> = None;
        while let Some(end) = numbers.next() {
            let length = numbers.next().ok_or(InvalidExposed)?;
            let before = |instant: Timestamp, millis: i64| {
                Timestamp::from_millis(instant.as_millis().saturating_sub(millis.max(0)))
            };
            let to = behind.map_or(Timestamp::from_millis(end), |later| before(later, end));
            let from = before(to, length);
            spells.push(Spell { from, to });
            behind = Some(from);
        }
        spells.reverse();
        Ok(Self {
            spells,
            limit,
            told: what & TOLD != 0,
        })
    }
}

impl Exposed {
    /// Whether there is nothing to remember.
    pub(super) fn is_empty(&self) -> bool {
        self.spells.is_empty() && !self.told
    }

    /// Whether people have been told of what is still too much.
    pub(super) const fn is_told(&self) -> bool {
        self.told
    }

    /// People have been told that it is too much, beyond `limit`; or it is enough no more.
    pub(super) fn tell(&mut self, told: bool, limit: LegalLimit) {
        (self.told, self.limit) = (told, limit);
        self.tidy();
    }

    /// Leaves no limit beyond which nothing was.
    fn tidy(&mut self) {
        if self.is_empty() {
            self.limit = LegalLimit::NONE;
        }
    }

    /// Whether what was counted was beyond another limit than `limit`, and is worth nothing by that.
    pub(super) fn is_of_another(&self, limit: LegalLimit) -> bool {
        !self.is_empty() && self.limit != limit
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// What was counted between two instants.
    fn between(&self, from: Timestamp, to: Timestamp) -> Span {
        let within = |spell: &Spell| spell.to.min(to).since(spell.from.max(from));
        self.spells
            .iter()
            .map(within)
            .fold(Span::ZERO, |sum, part| sum + part)
    }

    /// Makes it true that from `from` to `to` the time until `beyond` was beyond `limit`, and the rest was not.
    fn set(&mut self, from: Timestamp, to: Timestamp, beyond: Option<Timestamp>, limit: LegalLimit) {
        let kept = |spell: &Spell| {
            let before = Spell {
                to: spell.to.min(from),
                ..*spell
            };
            let behind = Spell {
                from: spell.from.max(to),
                ..*spell
            };
            [before, behind]
        };
        let new = beyond.map(|until| Spell {
            from,
            to: until.min(to),
        });
        let mut parts: Vec<Spell> = self.spells.iter().flat_map(kept).chain(new).collect();
        parts.retain(|spell| spell.from < spell.to);
        parts.sort_unstable_by_key(|spell| spell.from);
        self.spells.clear();
        for part in parts {
            match self.spells.last_mut() {
                Some(last) if last.to >= part.from => last.to = last.to.max(part.to),
                _ => self.spells.push(part),
            }
        }
        self.limit = limit;
        while self.spells.len() > MOST_SPELLS {
            self.join_closest();
        }
        self.tidy();
    }

    fn join_closest(&mut self) {
        let gaps = self.spells.iter().zip(self.spells.iter().skip(1));
        let closest = (1..)
            .zip(gaps)
            .min_by_key(|(_, (one, next))| next.from.since(one.to));
        let Some((index, (one, next))) = closest.map(|(index, (one, next))| (index, (*one, *next))) else {
            return;
        };
        self.spells.remove(index);
        if let Some(joined) = self.spells.get_mut(index - 1) {
            *joined = Spell {
                from: next.from - one.to.since(one.from),
                to: next.to,
            };
        }
    }

    /// Forgets what is older than `oldest`.
    fn forget(&mut self, oldest: Timestamp) {
        if self.spells.first().is_some_and(|spell| spell.to <= oldest) {
            self.spells.retain(|spell| spell.to > oldest);
            self.tidy();
        }
    }

    /// When what is counted within the last `window` reaches `limit`, if it is all beyond from `from` to `to`.
    fn reaches(&self, limit: Span, window: Span, from: Timestamp, to: Timestamp) -> Option<Timestamp> {
        let mut missing = limit.less(self.between(from - window, from));
        // The window's end moves on with time; what it leaves behind is made up for by what is added.
        let mut end = from - window;
        for spell in &self.spells {
            let gained = spell.from.since(end);
            if missing <= gained {
                break;
            }
            missing = missing.less(gained);
            end = end.max(spell.to);
        }
        let at = end + missing + window;
        (at <= to).then_some(at)
    }

    /// When what is counted within the last `window` has become `left`, if nothing is added from `from` on.
    fn falls_to(&self, left: Span, window: Span, from: Timestamp) -> Timestamp {
        let mut over = self.between(from - window, from).less(left);
        let mut end = from - window;
        for spell in &self.spells {
            if over == Span::ZERO {
                break;
            }
            let begin = spell.from.max(end);
            let lost = spell.to.since(begin).min(over);
            over = over.less(lost);
            if lost > Span::ZERO {
                end = begin + lost;
            }
        }
        end + window
    }
}

impl UnitState {
    /// Until when the newest temperature holds beyond the legal limit, if it is beyond it.
    fn held_beyond(&self, rules: &Rules) -> Option<(LastReading, Timestamp)> {
        let last = self.last?;
        rules.legal.violation(last.temperature)?;
        Some((last, last.recorded_at + rules.report_deadline()))
    }

    /// For how long the unit was beyond its legal limit within the rolling window that ends at `at`, as far as is known.
    #[must_use]
    pub fn exposure(&self, rules: &Rules, at: Timestamp) -> Span {
        let from = at - rules.exposure_window;
        let held = self.held_beyond(rules).map_or(Span::ZERO, |(last, until)| {
            until.min(at).since(last.recorded_at.max(from))
        });
        self.exposed.between(from, at) + held
    }

    /// When that is too much, or has been told and is enough no more; `None` if time alone brings neither about.
    ///
    /// What is last known to be beyond the limit ends by no silence.
    pub(super) fn exposure_turns_at(&self, rules: &Rules) -> Option<Timestamp> {
        let window = rules.exposure_window;
        match (self.held_beyond(rules), self.exposed.told) {
            (Some((last, until)), false) => {
                self.exposed
                    .reaches(rules.exposure_limit, window, last.recorded_at, until)
            }
            (None, true) => {
                let from = self.last.map_or(self.status_since, |last| last.recorded_at);
                Some(self.exposed.falls_to(rules.exposure_enough(), window, from))
            }
            _ => None,
        }
    }

    /// The newest temperature holds no longer than until `at`, when the next one was measured.
    pub(super) fn expose_until(&mut self, rules: &Rules, at: Timestamp) {
        if let Some((last, until)) = self.held_beyond(rules) {
            self.exposed.set(last.recorded_at, at, Some(until), rules.legal);
        }
        self.exposed.forget(at - rules.exposure_window);
    }

    /// A reading of the driving sensor comes late: `found` was measured before what is known, of which the next was at `next`.
    pub(super) fn correct_exposure(&mut self, found: LastReading, next: Timestamp) {
        let rules = self.rules();
        let at = found.recorded_at;
        let newest = self.last.map_or(at, |last| last.recorded_at);
        let beyond = rules.legal.violation(found.temperature);
        let until = beyond.map(|_| at + rules.report_deadline());
        if until.is_some() || !self.exposed.is_empty() {
            self.exposed.set(at, next, until, rules.legal);
            self.exposed.forget(newest - rules.exposure_window);
        }
    }
}
