//! The door: whether it is open, since when, and when that is worth an alert.

use super::super::explain::{Ending, Fact};
use super::super::{DoorState, Rules, UnitState};
use super::Step;
use super::alerts::About;
use crate::alert::{AlertKind, Severity};
use crate::measurement::Door;
use crate::reading::Reading;
use crate::time::Timestamp;

/// When the alert of the open door opens or becomes worse.
pub(super) fn told_at(state: &UnitState, rules: &Rules) -> Option<Timestamp> {
    let warning = open_door(state)?.since + rules.door_warning;
    let critical = critical_at(state, rules);
    match state.alert(AlertKind::DoorOpen) {
        None => Some(critical.map_or(warning, |critical| critical.min(warning))),
        Some(alert) if alert.severity < Severity::Critical => critical,
        Some(_) => None,
    }
}

/// When it is critical that the door is open, if it is believed to be.
///
/// A contact tells of a change once, and where the frame is lost that says "closed", the door seems open until the contact
/// tells again. So the first word is a warning, and somebody is woken when another thing says the same: the contact again, and
/// nothing to the contrary soon after, for that may be the next one who opens the door; or a temperature out of range that was
/// measured later than a visit lasts. One in range says the opposite, until two reports are missing. Where none is measured the
/// first word must do.
fn critical_at(state: &UnitState, rules: &Rules) -> Option<Timestamp> {
    let door = open_door(state)?;
    let critical = door.since + rules.door_critical;
    let again = door
        .again_at
        .map(|again| critical.max(again + rules.door_warning));
    let measured = state.last.map_or(critical, |last| {
        let at = last.recorded_at;
        let tells = at >= door.since + rules.door_warning && rules.violation(last.temperature).is_some();
        critical.max(if tells { at } else { at + rules.lost_after() })
    });
    Some(again.map_or(measured, |again| again.min(measured)))
}

/// When an open door may have been closed long ago, because its contact has not said anything for too long.
pub(super) fn forgotten_at(state: &UnitState, rules: &Rules) -> Option<Timestamp> {
    let door = open_door(state)?;
    Some(match door.again_at {
        Some(_) => door.seen_at + rules.door_word,
        None => door.seen_at + rules.door_first_word,
    })
}

/// The door, while it is open.
fn open_door(state: &UnitState) -> Option<DoorState> {
    state.door.filter(|door| door.door == Door::Open)
}

impl Step<'_> {
    /// A contact says that the door is `door`, which counts from `since` if it was not before. A unit may have several contacts:
    /// its door is open as long as one of them is.
    pub(super) fn door(&mut self, reading: &Reading, door: Door, since: Timestamp) {
        let at = reading.recorded_at;
        let mut contacts = self.state.sensors.iter();
        if contacts.any(|track| {
            if track.id == reading.sensor_id {
                track.newest_at > at
            } else {
                door == Door::Closed && !track.gone && track.door == Some(Door::Open)
            }
        }) {
            return;
        }
        self.state.door = match self.state.door {
            Some(known) if at < known.seen_at => return,
            Some(known) if known.door == door => {
                let again = door == Door::Open && at >= known.since + self.rules.door_warning;
                Some(DoorState {
                    seen_at: at,
                    again_at: known.again_at.or(again.then_some(at)),
                    ..known
                })
            }
            _ => {
                match door {
                    // What is compared with before was measured with the door closed.
                    Door::Open => self.state.course.clear(),
                    Door::Closed => self.resolve(AlertKind::DoorOpen, at),
                }
                Some(DoorState {
                    door,
                    since,
                    seen_at: at,
                    again_at: None,
                })
            }
        };
    }

    /// The door has been open for as long as a warning, or what is critical, takes.
    pub(super) fn door_has_been_open(&mut self, at: Timestamp) {
        let Some(door) = open_door(self.state) else {
            return;
        };
        let severity = if critical_at(self.state, self.rules).is_some_and(|critical| critical <= at) {
            Severity::Critical
        } else {
            Severity::Warning
        };
        let about = About {
            since: Some(door.since),
            ..About::default()
        };
        self.open(AlertKind::DoorOpen, severity, at, about);
        self.upgrade(AlertKind::DoorOpen, severity, at, Fact::Nothing);
    }

    /// What was just heard may be what the alert of the open door waited for.
    pub(super) fn tell_of_door(&mut self, at: Timestamp) {
        if told_at(self.state, self.rules).is_some_and(|due| due <= at) {
            self.door_has_been_open(at);
        }
    }

    /// Nothing is known of the door any more.
    pub(super) fn forget_door(&mut self, at: Timestamp) {
        self.state.door = None;
        let ending = std::mem::replace(&mut self.ending, Ending::Unknown);
        self.resolve(AlertKind::DoorOpen, at);
        self.forget_door_alarms(at);
        self.ending = ending;
        // The excursion that the open door has drawn out may be due by now.
        if super::temperature::confirmed_at(self.state, self.rules).is_some_and(|due| due <= at) {
            self.confirm(at);
        }
    }

    /// The contact may measure the unit no more, and an open door may be no matter for an alert by rules that have changed.
    pub(super) fn door_anew(&mut self, now: Timestamp) {
        let known = self.state.door.map(|known| known.door);
        let mut contacts = self.state.sensors.iter().filter(|track| track.door == known);
        if known.is_some() && contacts.clone().next().is_some() && contacts.all(|track| track.gone) {
            self.forget_door(now);
        }
        let shortest = self.rules.door_warning.min(self.rules.door_critical);
        if open_door(self.state).is_some_and(|door| now < door.since + shortest) {
            self.resolve(AlertKind::DoorOpen, now);
        }
    }
}
