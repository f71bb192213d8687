//! The engine: one pure function that moves a unit. The live path, the timers, replay, the simulator, the
//! benchmarks and the property tests all call it; there is no second opinion.

mod alerts;
mod battery;
mod calibration;
mod cooling;
mod door;
mod exposure;
mod library;
mod logbook;
mod mask;
mod silence;
mod temperature;

use super::explain::{Ending, Fact};
use super::{AlarmMemory, Contact, LastReading, LateSpan, Rules, UnitState, UnitStatus};
use crate::alert::{Alert, AlertKind, Severity};
use crate::reading::{Origin, Reading};
use crate::time::Timestamp;
use alerts::About;
use library::Known;
use serde::{Deserialize, Serialize};

/// What can move a unit.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// A reading that was not seen before.
    Reading(&'a Reading),
    /// The sensor that drives the unit sent something at that time that cannot be read as its model's.
    Unreadable(Timestamp),
    /// The clock moved on: judge what fell due, each thing as of the instant it did.
    Tick,
    /// The rules or the sensors were changed, or whether the unit is judged: judge anew what is known.
    Changed,
}

/// Something that changed and that people or machines must hear of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// The unit's status changed.
    StatusChanged {
        /// What it was.
        from: UnitStatus,
        /// What it is.
        to: UnitStatus,
        /// When.
        at: Timestamp,
    },
    /// An alert opened.
    AlertOpened(Alert),
    /// An open alert became worse.
    AlertUpgraded(Alert),
    /// An alert ended because its condition did.
    AlertResolved(Alert),
    /// Readings out of range have come too late to be judged as they were measured: the past is to be judged anew.
    BackFilled(LateSpan),
}

/// Moves a unit by one input, adding what changed to `changes`. A plain reading changes nothing.
///
/// Deterministic: the same state, rules, input and time give the same result, whoever asks and whenever. The
/// state is moved in place because a plain reading is the hot path and copies nothing that way.
///
/// `now` is the time of judgement. Readings are judged at the time they were measured, and what falls due by the clock at
/// the time it does, also when the clock comes late or a reading before it: so a replay of the readings gives what happened
/// live. Only [`Input::Changed`] is judged at `now`.
///
/// A reading that is not newer than the newest one of the unit moves nothing: it belongs to history. Neither does
/// anything move a unit that is not active.
pub fn transition(
    state: &mut UnitState,
    rules: &Rules,
    input: Input<'_>,
    now: Timestamp,
    changes: &mut Vec<Change>,
) {
    let mut step = Step {
        state,
        rules,
        ending: Ending::Over,
        changes,
    };
    match input {
        _ if !step.state.active => step.rest(now),
        Input::Reading(reading) => step.reading(reading, now),
        Input::Unreadable(at) => step.unreadable(at, now),
        Input::Tick => step.pass_time(now, |_| true),
        Input::Changed => step.judge_anew(now),
    }
}

/// When the unit must be judged again though no reading comes, or `None` if time alone can change nothing.
#[must_use]
pub fn next_due(state: &UnitState, rules: &Rules) -> Option<Timestamp> {
    let due = first_due(state, rules, |_| true).filter(|_| state.active)?;
    Some(due.0)
}

/// What time alone brings about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// Alerts are held back no more.
    Release,
    /// An open door excuses no more.
    Unmask,
    /// An excursion is an alarm.
    Confirm,
    /// The unit was beyond its legal limit for too long, or is not any more.
    Exposure,
    /// The door has been open for longer than is good.
    DoorOpen,
    /// Nothing is known of the door any more.
    DoorUnknown,
    /// The silence of the sensor goes further.
    Silence,
    /// A temperature was to be logged by hand.
    Log,
    /// A calibration runs out.
    Calibration,
    /// An alarm of the library has lasted, or is over.
    Alarm,
}

/// What falls due first of all that `counts`; of what falls due at one instant, the one that is named first above.
fn first_due(state: &UnitState, rules: &Rules, counts: impl Fn(Due) -> bool) -> Option<(Timestamp, Due)> {
    let due = [
        (alerts::released_at(state), Due::Release),
        (mask::ends_at(state), Due::Unmask),
        (temperature::confirmed_at(state, rules), Due::Confirm),
        (exposure::turns_at(state, rules), Due::Exposure),
        (door::told_at(state, rules), Due::DoorOpen),
        (door::forgotten_at(state, rules), Due::DoorUnknown),
        (silence::further_at(state, rules), Due::Silence),
        (logbook::missed_at(state, rules), Due::Log),
        (calibration::told_at(state), Due::Calibration),
        (library::due_at(state, rules), Due::Alarm),
    ];
    due.into_iter()
        .filter_map(|(at, due)| Some((at?, due)))
        .filter(|(_, due)| counts(*due))
        .min_by_key(|(at, _)| *at)
}

/// One step of the engine: the state being moved and what changed so far.
struct Step<'a> {
    state: &'a mut UnitState,
    rules: &'a Rules,
    /// Why alerts end in this step.
    ending: Ending,
    changes: &'a mut Vec<Change>,
}

impl Step<'_> {
    /// A unit that is not judged has no alerts, and knows nothing that could raise one once it is judged again.
    fn rest(&mut self, now: Timestamp) {
        self.ending = Ending::Deactivated;
        while let Some((kind, slot)) = self.state.alerts.first().map(|alert| (alert.kind, alert.slot)) {
            self.resolve_about(kind, slot, now);
        }
        self.state.last = None;
        self.state.door = None;
        self.state.masking = None;
        self.state.contact = None;
        self.state.silence = None;
        self.state.logged_at = None;
        self.state.log_due = None;
        self.state.settle_at = None;
        self.state.excursion = None;
        self.state.course.clear();
        self.state.exposed.clear();
        self.state.memory = AlarmMemory::default();
        self.state.recovery = 0;
        if self.state.status != UnitStatus::Pending {
            self.enter(UnitStatus::Pending, now);
        }
    }

    fn reading(&mut self, reading: &Reading, now: Timestamp) {
        let at = reading.recorded_at;
        let fresh = self.pass_time_before(at, now);
        if reading.origin == Origin::Manual {
            return self.logged(at, now);
        }
        let before = Known::of(self.state);
        self.measured_by(reading, fresh, now);
        self.ask_library(reading, before);
    }

    fn measured_by(&mut self, reading: &Reading, fresh: bool, now: Timestamp) {
        let at = reading.recorded_at;
        if self.state.seen_at.is_none_or(|seen| at >= seen) {
            self.state.seen_at = Some(at);
            self.state.humidity = reading.humidity.or(self.state.humidity);
        }
        if reading.battery.is_some() {
            self.battery(reading);
        }
        if let Some(door) = reading.door {
            // What comes late says how the door was: it counts as open from when that is known, or a word that is on its
            // way too, and says that it was closed, comes behind an alert.
            self.door(reading, door, if fresh { at } else { now });
        }
        if reading.drives_unit {
            self.heard(at, fresh, now);
            if self.state.last.is_none_or(|last| at > last.recorded_at) {
                self.measured(reading, at);
            }
            self.show_silence(at);
        }
        if fresh {
            self.tell_of_door(at);
        }
    }

    /// A sensor that sends what cannot be read is there, and says nothing of the food.
    fn unreadable(&mut self, at: Timestamp, now: Timestamp) {
        let fresh = self.pass_time_before(at, now);
        self.heard(at, fresh, now);
        if self.state.last.is_none_or(|last| at > last.recorded_at) {
            let about = About {
                fact: Fact::Unreadable,
                ..About::default()
            };
            self.open(AlertKind::SensorFault, Severity::Critical, at, about);
        }
        self.show_silence(at);
    }

    /// Does what fell due before something that was measured at `at`, whether or not the clock has been here since; whether
    /// that came in time. If not, nothing is told of silence and doors: a gap within or behind what comes long after it was
    /// measured is history.
    fn pass_time_before(&mut self, at: Timestamp, now: Timestamp) -> bool {
        let before = Timestamp::from_millis(at.min(now).as_millis().saturating_sub(1));
        let fresh = now < at + self.rules.deadline_of(1);
        let learnt = matches!(self.state.contact, Some(Contact::Learnt(_)));
        self.pass_time(before, |due| match due {
            Due::Silence | Due::Alarm => fresh && !learnt,
            Due::DoorOpen => fresh,
            _ => true,
        });
        fresh
    }

    /// Does what fell due until `until` and `counts`, one thing after the other, each as of the time it was due.
    fn pass_time(&mut self, until: Timestamp, counts: impl Fn(Due) -> bool) {
        while let Some((at, due)) = first_due(self.state, self.rules, &counts) {
            if at > until {
                return;
            }
            self.fall_due(due, at);
        }
    }

    /// Does what is due. It must not be due again at the same time.
    fn fall_due(&mut self, due: Due, at: Timestamp) {
        match due {
            Due::Release => self.release(at),
            Due::Unmask => self.unmask(at),
            Due::Confirm => self.confirm(at),
            Due::Exposure => self.exposure_turns(at),
            Due::DoorOpen => self.door_has_been_open(at),
            Due::DoorUnknown => self.forget_door(at),
            Due::Silence => self.fall_silent(at),
            Due::Log => self.log_is_missed(at),
            Due::Calibration => self.calibration_runs_out(at),
            Due::Alarm => self.alarm_falls_due(at),
        }
    }

    /// Judges what is known against rules and sensors that may have changed.
    fn judge_anew(&mut self, now: Timestamp) {
        self.ending = Ending::RulesChanged;
        self.await_sensor(now);
        self.end_silence(now, now);
        self.log_anew(now);
        self.forget_batteries(now);
        self.door_anew(now);
        self.calibration_anew(now);
        self.exposure_anew(now);
        self.clip_mask();
        if let Some(LastReading { temperature, .. }) = self.state.last {
            self.temperature_anew(temperature, now);
        }
        self.library_anew(now);
        self.release(now);
        while let Some((_, due)) = first_due(self.state, self.rules, |_| true).filter(|(at, _)| *at <= now) {
            self.fall_due(due, now);
        }
        self.show_silence(now);
    }

    fn enter(&mut self, to: UnitStatus, at: Timestamp) {
        let from = std::mem::replace(&mut self.state.status, to);
        self.state.status_since = at;
        self.changes.push(Change::StatusChanged { from, to, at });
    }
}
