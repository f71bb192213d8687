//! Alarms held against the truth.

use crate::event::{Event, EventKind};
use crate::play::{Alarm, play};
use crate::week::UnitWeek;
use freshtrack_domain::alert::AlertKind;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::Overrides;
use std::collections::BTreeMap;

/// For how long after something harmless an alarm is still put down to it: a probe in cold air lags, and a rule waits.
const AFTERMATH: Span = Span::hours(2);

/// What became of the events of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many there were.
    pub events: usize,
    /// During how many the food was out of its limits at all.
    pub excursions: usize,
    /// How many of those nobody was told of before they were over.
    pub missed: usize,
    /// How many were critical, see [`Event::critical`].
    pub critical: usize,
    /// How many of those nobody was told of before they were over.
    pub missed_critical: usize,
    /// How many somebody was told of.
    pub found: usize,
    /// Alarms that are right.
    pub alarms: usize,
    /// False ones that are put down to it.
    pub false_alarms: usize,
    /// From the beginning of each event that was found until somebody was told.
    pub until_told: Vec<Span>,
    /// From the moment the food was out of its limits until somebody was told, in seconds; negative where that was before.
    pub after_out: Vec<i64>,
}

/// How well the engine judges weeks under one set of rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Score {
    /// How many weeks.
    pub weeks: usize,
    /// Alarms during nothing that is real.
    pub false_alarms: usize,
    /// Those of them that came while nothing at all happened.
    pub out_of_the_blue: usize,
    /// Alarms about a door that was not open for long in truth: a contact tells of a change once, and where that frame is lost
    /// the door seems open until it tells again.
    pub false_door_alarms: usize,
    /// Alerts that stayed warnings.
    pub warnings: usize,
    /// By kind of event.
    pub kinds: BTreeMap<EventKind, Tally>,
}

impl Score {
    /// The score of `weeks` under their units' default rules with `overrides` laid over them.
    pub fn of<'a>(weeks: impl IntoIterator<Item = &'a UnitWeek>, overrides: &Overrides) -> Self {
        let mut score = Self::default();
        for week in weeks {
            score.add(week, overrides);
        }
        score
    }

    /// Adds a week.
    pub fn add(&mut self, week: &UnitWeek, overrides: &Overrides) {
        let played = play(week, overrides);
        self.weeks += 1;
        self.warnings += played.warnings;
        for event in &week.events {
            self.kinds
                .entry(event.kind)
                .or_default()
                .count(event, &played.alarms);
        }
        for alarm in &played.alarms {
            self.blame(week, alarm);
        }
    }

    /// Puts `alarm` down to the event that explains it.
    fn blame(&mut self, week: &UnitWeek, alarm: &Alarm) {
        let explains = |event: &&Event| event.kind.explains(alarm.kind);
        let events = || week.events.iter().filter(explains);
        let about_door = is_about_door(alarm.kind);
        let mut real = events().filter(|event| event.is_real() || about_door);
        if let Some(event) = real.find(|event| event.covers(alarm.told_at)) {
            self.tally(event.kind).alarms += 1;
            return;
        }
        if about_door {
            self.false_door_alarms += 1;
            return;
        }
        self.false_alarms += 1;
        let recent = |event: &&Event| event.from <= alarm.told_at && alarm.told_at <= event.until + AFTERMATH;
        match events().filter(recent).max_by_key(|event| event.from) {
            Some(event) => self.tally(event.kind).false_alarms += 1,
            None => self.out_of_the_blue += 1,
        }
    }

    fn tally(&mut self, kind: EventKind) -> &mut Tally {
        self.kinds.entry(kind).or_default()
    }

    /// False alarms about anything but doors for each week of a unit.
    #[must_use]
    pub fn false_alarms_a_week(&self) -> f64 {
        self.false_alarms as f64 / self.weeks.max(1) as f64
    }

    /// The same of false alarms about doors.
    #[must_use]
    pub fn false_door_alarms_a_week(&self) -> f64 {
        self.false_door_alarms as f64 / self.weeks.max(1) as f64
    }

    /// All false alarms for each week of a unit.
    #[must_use]
    pub fn all_false_alarms_a_week(&self) -> f64 {
        self.false_alarms_a_week() + self.false_door_alarms_a_week()
    }

    /// Warnings for each week of a unit.
    #[must_use]
    pub fn warnings_a_week(&self) -> f64 {
        self.warnings as f64 / self.weeks.max(1) as f64
    }

    /// All that truly happened and was real, or could be.
    #[must_use]
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        for (kind, tally) in &self.kinds {
            if kind.needs_a_person() || tally.excursions > 0 {
                total.add(tally);
            }
        }
        total
    }
}

impl Tally {
    fn count(&mut self, event: &Event, alarms: &[Alarm]) {
        let told = told_at(event, alarms);
        let missed = usize::from(told.is_none());
        self.events += 1;
        if let Some(out) = event.out {
            self.excursions += 1;
            self.missed += missed;
            if event.critical {
                self.critical += 1;
                self.missed_critical += missed;
            }
            if let Some(told) = told {
                self.after_out.push(told.as_seconds() - out.from.as_seconds());
            }
        }
        if let Some(told) = told.filter(|_| event.is_real()) {
            self.found += 1;
            self.until_told.push(told.since(event.from));
        }
    }

    fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.excursions += other.excursions;
        self.missed += other.missed;
        self.critical += other.critical;
        self.missed_critical += other.missed_critical;
        self.found += other.found;
        self.alarms += other.alarms;
        self.false_alarms += other.false_alarms;
        self.until_told.extend_from_slice(&other.until_told);
        self.after_out.extend_from_slice(&other.after_out);
    }

    /// The middle one of the times until somebody was told.
    #[must_use]
    pub fn median(&self) -> Option<Span> {
        let mut times = self.until_told.clone();
        times.sort_unstable();
        times.get(times.len() / 2).copied()
    }

    /// The longest time until somebody was told.
    #[must_use]
    pub fn worst(&self) -> Option<Span> {
        self.until_told.iter().max().copied()
    }

    /// The middle one of the times from when the food was out of its limits, in seconds.
    #[must_use]
    pub fn median_after_out(&self) -> Option<i64> {
        let mut times = self.after_out.clone();
        times.sort_unstable();
        times.get(times.len() / 2).copied()
    }

    /// Alarms for each event that was found: one is best.
    #[must_use]
    pub fn alarms_an_event(&self) -> Option<f64> {
        (self.found > 0).then(|| self.alarms as f64 / self.found as f64)
    }
}

const fn is_about_door(alert: AlertKind) -> bool {
    matches!(
        alert,
        AlertKind::DoorOpen
            | AlertKind::DoorCycling
            | AlertKind::DoorAfterHours
            | AlertKind::DoorContactStuck
    )
}

/// When somebody was first told of `event` by an alarm that finds it.
fn told_at(event: &Event, alarms: &[Alarm]) -> Option<Timestamp> {
    let finds = |alarm: &&Alarm| event.kind.is_found_by(alarm.kind) && event.covers(alarm.told_at);
    alarms.iter().find(finds).map(|alarm| alarm.told_at)
}
