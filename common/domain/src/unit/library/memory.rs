//! What the alarms of the library must remember of a unit from one reading to the next, in as little room as it can have: it
//! is written with every reading.

use super::AlarmId;
use super::compact::{InvalidText, Reader, Writer};
use crate::alert::AlertKind;
use crate::measurement::CentiCelsius;
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How far apart the temperatures are that are remembered to tell a rate, and how far apart two must be at least to tell one.
const APART: Span = Span::minutes(15);
const LEAST: Span = Span::minutes(45);
/// How long a temperature is remembered for that: an hour, and as long as the next may be late.
const LONGEST: Span = Span::minutes(75);
/// How long the word of another sensor of the unit holds.
const HOLDS: Span = Span::minutes(60);
/// Turns that make a temperature go up and down: two whole cycles.
const TURNS: usize = 4;
/// Alarms of temperature that are remembered.
const ALARMS: usize = 8;

/// The condition of an alarm holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Pending {
    pub(in super::super) alarm: AlarmId,
    /// Since when, to the second.
    pub(in super::super) since: Timestamp,
    /// Whether a second reading has shown it.
    pub(in super::super) shown_twice: bool,
}

/// Nothing of a kind opens before this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Cooling {
    pub(in super::super) kind: AlertKind,
    pub(in super::super) until: Timestamp,
}

/// A temperature and when it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sample {
    at: Timestamp,
    temperature: CentiCelsius,
}

/// How a temperature has gone up and down.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Swings {
    /// The lowest or highest since the last turn.
    extreme: i32,
    /// Whether it has gone up since.
    rising: bool,
    /// When it turned, in seconds.
    turns: Vec<i64>,
}

/// What the alarms of the library remember of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct AlarmMemory {
    /// The conditions that hold.
    pub(in super::super) pending: Vec<Pending>,
    /// What must not open again yet.
    pub(in super::super) cooling: Vec<Cooling>,
    /// Temperatures of the last hour, the oldest first.
    trend: Vec<Sample>,
    swings: Option<Swings>,
    /// The newest temperature of a sensor beside the one that drives the unit.
    beside: Option<Sample>,
    /// Since when openings of the door are counted, in seconds, and how many there were.
    openings: Option<(i64, u32)>,
    /// Whether the unit was frozen when that was last certain.
    frozen: bool,
    /// When the unit last had alarms of temperature, in seconds, the oldest first.
    alarms: Vec<i64>,
}

impl AlarmMemory {
    /// Whether there is nothing to remember.
    pub(in super::super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(in super::super) fn pending(&self, alarm: AlarmId) -> Option<&Pending> {
        self.pending.iter().find(|pending| pending.alarm == alarm)
    }

    /// Notes that the condition of `alarm` holds at `at`; since when it has.
    pub(in super::super) fn hold(&mut self, alarm: AlarmId, at: Timestamp) -> Timestamp {
        let at = at.to_second();
        if let Some(pending) = self.pending.iter_mut().find(|pending| pending.alarm == alarm) {
            pending.shown_twice |= at > pending.since;
            return pending.since;
        }
        self.pending.push(Pending {
            alarm,
            since: at,
            shown_twice: false,
        });
        at
    }

    /// Until when nothing of `kind` opens.
    pub(in super::super) fn cooling_until(&self, kind: AlertKind) -> Option<Timestamp> {
        let mut all = self.cooling.iter();
        all.find(|cooling| cooling.kind == kind)
            .map(|cooling| cooling.until)
    }

    /// Lets nothing of `kind` open before `until`; what has cooled by `at` is forgotten.
    pub(in super::super) fn cool(&mut self, kind: AlertKind, at: Timestamp, until: Timestamp) {
        self.cooling
            .retain(|cooling| cooling.kind != kind && cooling.until > at);
        let until = until.to_second();
        if until > at {
            self.cooling.push(Cooling { kind, until });
        }
    }

    /// How much the temperature has risen by `at`, when it is `temperature`, an hour; `None` while that is not known for long
    /// enough.
    pub(in super::super) fn rate(&mut self, at: Timestamp, temperature: CentiCelsius) -> Option<i32> {
        let at = at.to_second();
        let newest = self.trend.last();
        if newest.is_some_and(|newest| at.since(newest.at) > LONGEST) {
            // Nobody watched: what was before says nothing of how it goes now.
            self.trend.clear();
        }
        let old = self
            .trend
            .iter()
            .rposition(|sample| at.since(sample.at) >= LONGEST);
        if let Some(old) = old {
            self.trend.drain(..=old);
        }
        let first = self.trend.first().copied();
        if self
            .trend
            .last()
            .is_none_or(|newest| at.since(newest.at) >= APART)
        {
            self.trend.push(Sample { at, temperature });
        }
        let first = first.filter(|first| at.since(first.at) >= LEAST)?;
        let risen = i64::from(temperature.0) - i64::from(first.temperature.0);
        let rate = risen * 3_600_000 / at.since(first.at).as_millis().max(1);
        i32::try_from(rate).ok()
    }

    /// Notes `temperature` at `at`; how often it has turned back by `least` or more within `within`.
    pub(in super::super) fn turns(
        &mut self,
        at: Timestamp,
        temperature: CentiCelsius,
        least: i32,
        within: Span,
    ) -> usize {
        let now = at.as_seconds();
        let swings = self.swings.get_or_insert_with(|| Swings {
            extreme: temperature.0,
            rising: true,
            turns: Vec::new(),
        });
        let gone = temperature.0.saturating_sub(swings.extreme);
        let (on, back) = if swings.rising {
            (gone, -gone)
        } else {
            (-gone, gone)
        };
        if back >= least {
            swings.rising = !swings.rising;
            swings.extreme = temperature.0;
            swings.turns.push(now);
            if swings.turns.len() > TURNS {
                swings.turns.remove(0);
            }
        } else if on > 0 {
            swings.extreme = temperature.0;
        }
        swings.turns.retain(|turn| now - turn <= within.as_seconds());
        swings.turns.len()
    }

    /// Whether so many turns make it go up and down.
    pub(in super::super) const fn oscillates(turns: usize) -> bool {
        turns >= TURNS
    }

    /// Notes what a sensor beside the one that drives the unit measured.
    pub(in super::super) fn beside(&mut self, at: Timestamp, temperature: CentiCelsius) {
        let at = at.to_second();
        if self.beside.is_none_or(|known| at >= known.at) {
            self.beside = Some(Sample { at, temperature });
        }
    }

    /// How far from `temperature` at `at` the other sensor's is, if that is known.
    pub(in super::super) fn apart(&self, at: Timestamp, temperature: CentiCelsius) -> Option<i32> {
        let beside = self.beside?;
        let (earlier, later) = (beside.at.min(at), beside.at.max(at));
        if later.since(earlier) > HOLDS {
            return None;
        }
        i32::try_from(beside.temperature.0.abs_diff(temperature.0)).ok()
    }

    /// The door was opened at `at`; how often within `within`, counted from the first.
    pub(in super::super) fn opened(&mut self, at: Timestamp, within: Span) -> u32 {
        let now = at.as_seconds();
        let known = self
            .openings
            .filter(|(since, _)| now - since < within.as_seconds());
        let (since, count) = known.map_or((now, 1), |(since, count)| (since, count.saturating_add(1)));
        self.openings = Some((since, count));
        count
    }

    /// Until when the openings that were counted count, if there are any.
    pub(in super::super) fn openings_count_until(&self, within: Span) -> Option<Timestamp> {
        self.openings
            .map(|(since, _)| Timestamp::from_seconds(since) + within)
    }

    /// Notes whether the unit is frozen by now; whether it was.
    pub(in super::super) fn frozen(&mut self, now: bool) -> bool {
        self.frozen |= now;
        self.frozen
    }

    /// The unit had an alarm of temperature at `at`; how many within `within`.
    pub(in super::super) fn alarmed(&mut self, at: Timestamp, within: Span) -> usize {
        let now = at.as_seconds();
        self.alarms.retain(|alarm| now - alarm < within.as_seconds());
        if self.alarms.len() >= ALARMS {
            self.alarms.remove(0);
        }
        self.alarms.push(now);
        self.alarms.len()
    }

    /// When fewer than `count` alarms lie within `within`.
    pub(in super::super) fn alarms_fewer_at(&self, count: usize, within: Span) -> Option<Timestamp> {
        let oldest = self.alarms.len().checked_sub(count)?;
        let oldest = self.alarms.get(oldest)?;
        Some(Timestamp::from_seconds(*oldest) + within)
    }

    /// What it remembers for alarms that are on, as `needs` tells of each thing.
    pub(in super::super) fn keep(&mut self, needs: Needs, is_on: impl Fn(AlarmId) -> bool) {
        self.pending.retain(|pending| is_on(pending.alarm));
        if !needs.trend {
            self.trend.clear();
        }
        if !needs.swings {
            self.swings = None;
        }
        if !needs.beside {
            self.beside = None;
        }
        if !needs.openings {
            self.openings = None;
        }
        if !needs.alarms {
            self.alarms.clear();
        }
        self.frozen &= needs.frozen;
    }
}

/// What of it alarms that are on need.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is about another thing")]
pub(in super::super) struct Needs {
    pub(in super::super) trend: bool,
    pub(in super::super) swings: bool,
    pub(in super::super) beside: bool,
    pub(in super::super) openings: bool,
    pub(in super::super) alarms: bool,
    pub(in super::super) frozen: bool,
}

/// A text that is nothing an alarm remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored text is nothing that an alarm remembers")]
pub struct InvalidMemory;

impl From<InvalidText> for InvalidMemory {
    fn from(_: InvalidText) -> Self {
        Self
    }
}

/// A bit for each of what there may be.
const SWINGS: i64 = 1;
const BESIDE: i64 = 1 << 1;
const OPENINGS: i64 = 1 << 2;
const IS_FROZEN: i64 = 1 << 3;
const KINDS: i64 = 32;

impl From<AlarmMemory> for String {
    /// Instants are told from one of them, in seconds.
    fn from(memory: AlarmMemory) -> Self {
        let instants = memory.pending.iter().map(|pending| pending.since.as_seconds());
        let base = instants
            .chain(memory.trend.iter().map(|sample| sample.at.as_seconds()))
            .chain(memory.cooling.iter().map(|cooling| cooling.until.as_seconds()))
            .chain(memory.beside.iter().map(|sample| sample.at.as_seconds()))
            .chain(memory.alarms.iter().copied())
            .next()
            .unwrap_or_default();
        let mut writer = Writer::default();
        let there = [
            (SWINGS, memory.swings.is_some()),
            (BESIDE, memory.beside.is_some()),
            (OPENINGS, memory.openings.is_some()),
            (IS_FROZEN, memory.frozen),
        ];
        writer.number(
            there
                .iter()
                .filter(|(_, there)| *there)
                .fold(0, |bits, (bit, _)| bits | bit),
        );
        writer.number(base);
        let since = |at: i64| at.saturating_sub(base);
        let sample = |writer: &mut Writer, sample: &Sample| {
            writer.number(since(sample.at.as_seconds()));
            writer.number(i64::from(sample.temperature.0));
        };
        writer.list(&memory.pending, |writer, pending| {
            writer.number(i64::from(pending.alarm.place()) * 2 + i64::from(pending.shown_twice));
            writer.number(since(pending.since.as_seconds()));
        });
        writer.list(&memory.cooling, |writer, cooling| {
            writer.number(cooling.kind as i64);
            writer.number(since(cooling.until.as_seconds()));
        });
        writer.list(&memory.trend, sample);
        writer.list(&memory.alarms, |writer, at| writer.number(since(*at)));
        if let Some(swings) = &memory.swings {
            writer.number(i64::from(swings.extreme) * 2 + i64::from(swings.rising));
            writer.list(&swings.turns, |writer, at| writer.number(since(*at)));
        }
        if let Some(beside) = &memory.beside {
            sample(&mut writer, beside);
        }
        if let Some((at, count)) = memory.openings {
            writer.number(since(at));
            writer.number(i64::from(count));
        }
        writer.text()
    }
}

impl TryFrom<String> for AlarmMemory {
    type Error = InvalidMemory;

    fn try_from(text: String) -> Result<Self, InvalidMemory> {
        let mut reader = Reader::new(&text);
        let there = reader.number()?;
        let base = reader.number()?;
        let seconds = |reader: &mut Reader<'_>| Ok(base.saturating_add(reader.number()?));
        let instant = |reader: &mut Reader<'_>| seconds(reader).map(Timestamp::from_seconds);
        let sample = |reader: &mut Reader<'_>| {
            Ok(Sample {
                at: instant(reader)?,
                temperature: CentiCelsius(reader.small()?),
            })
        };
        let pending = |reader: &mut Reader<'_>| {
            let what = reader.number()?;
            let place = u8::try_from(what >> 1).ok();
            Ok(Pending {
                alarm: place.and_then(AlarmId::at).ok_or(InvalidText)?,
                since: instant(reader)?,
                shown_twice: what & 1 == 1,
            })
        };
        let cooling = |reader: &mut Reader<'_>| {
            let kind = usize::try_from(reader.number()?.rem_euclid(KINDS)).ok();
            Ok(Cooling {
                kind: kind
                    .and_then(|place| AlertKind::ALL.get(place).copied())
                    .ok_or(InvalidText)?,
                until: instant(reader)?,
            })
        };
        Ok(Self {
            pending: reader.list(pending)?,
            cooling: reader.list(cooling)?,
            trend: reader.list(sample)?,
            alarms: reader.list(seconds)?,
            swings: if there & SWINGS == 0 {
                None
            } else {
                let what: i32 = reader.small()?;
                Some(Swings {
                    extreme: what >> 1,
                    rising: what & 1 == 1,
                    turns: reader.list(seconds)?,
                })
            },
            beside: (there & BESIDE != 0).then(|| sample(&mut reader)).transpose()?,
            openings: if there & OPENINGS == 0 {
                None
            } else {
                Some((seconds(&mut reader)?, reader.small()?))
            },
            frozen: there & IS_FROZEN != 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_seconds(1_790_000_000);

    fn minute(minutes: u32) -> Timestamp {
        START + Span::minutes(minutes)
    }

    #[test]
    fn what_is_kept_is_read_as_it_was() {
        let mut memory = AlarmMemory::default();
        let alarm: AlarmId = "alert_unacknowledged".parse().unwrap();
        memory.hold(alarm, Timestamp::from_millis(START.as_millis() + 500));
        memory.hold(alarm, minute(5));
        memory.cool(AlertKind::RepeatedAlarm, START, minute(7));
        memory.rate(minute(1), CentiCelsius(-4_000));
        memory.turns(minute(1), CentiCelsius(-4_000), 10, Span::hours(1));
        memory.beside(minute(2), CentiCelsius(14_889));
        memory.opened(minute(2), Span::hours(1));
        memory.frozen(true);
        memory.alarmed(minute(3), Span::hours(1));
        let stored = serde_json::to_string(&memory).unwrap();
        assert_eq!(
            serde_json::from_str::<AlarmMemory>(&stored).unwrap(),
            memory,
            "{stored}"
        );
        assert_eq!(
            memory
                .pending(alarm)
                .map(|pending| (pending.since, pending.shown_twice)),
            Some((START, true))
        );
        memory.keep(Needs::default(), |_| false);
        memory.cool(AlertKind::RepeatedAlarm, minute(8), minute(8));
        assert!(memory.is_empty());
    }

    #[test]
    fn a_rate_is_told_over_an_hour_and_anew_after_a_gap() {
        let mut memory = AlarmMemory::default();
        let rates: Vec<Option<i32>> = (0_u16..=24)
            .map(|number| {
                memory.rate(
                    minute(u32::from(number) * 5),
                    CentiCelsius(i32::from(number) * 25),
                )
            })
            .collect();
        assert!(rates[..9].iter().all(Option::is_none), "{rates:?}");
        assert!(rates[9..].iter().all(|rate| *rate == Some(300)), "{rates:?}");
        assert!(memory.trend.len() <= 6, "{memory:?}");
        assert_eq!(memory.rate(minute(240), CentiCelsius(9_000)), None);
    }

    #[test]
    fn turns_are_counted_and_forgotten() {
        let mut memory = AlarmMemory::default();
        let mut turns =
            |at, degrees: i32| memory.turns(minute(at), CentiCelsius(degrees * 100), 200, Span::hours(1));
        assert_eq!(turns(0, 3), 0);
        assert_eq!(turns(5, 6), 0, "it has only gone up");
        assert_eq!(turns(10, 5), 0, "not by enough");
        assert_eq!(turns(15, 4), 1);
        assert_eq!(turns(30, 7), 2);
        assert_eq!(turns(45, 4), 3);
        assert_eq!(turns(60, 7), 4);
        assert_eq!(turns(76, 7), 3, "the first lies back for more than an hour");
    }

    #[test]
    fn openings_are_counted_from_the_first() {
        let mut memory = AlarmMemory::default();
        let hour = Span::hours(1);
        assert_eq!(memory.opened(minute(0), hour), 1);
        assert_eq!(memory.opened(minute(59), hour), 2);
        assert_eq!(memory.openings_count_until(hour), Some(minute(60)));
        assert_eq!(memory.opened(minute(60), hour), 1);
    }

    #[test]
    fn alarms_are_fewer_when_the_oldest_that_counts_is_too_old() {
        let mut memory = AlarmMemory::default();
        let day = Span::hours(24);
        assert_eq!(memory.alarmed(minute(0), day), 1);
        assert_eq!(memory.alarmed(minute(60), day), 2);
        assert_eq!(memory.alarmed(minute(120), day), 3);
        assert_eq!(memory.alarms_fewer_at(3, day), Some(minute(0) + day));
        assert_eq!(memory.alarms_fewer_at(4, day), None);
        assert_eq!(memory.alarmed(minute(0) + day, day), 3);
    }
}
