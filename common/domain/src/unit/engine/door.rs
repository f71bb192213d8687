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
    let since = opened_at(state)?;
    let critical = since + rules.door_critical;
    match state.alert(AlertKind::DoorOpen) {
        None => Some(critical.min(since + rules.door_warning)),
        Some(alert) if alert.severity < Severity::Critical => Some(critical),
        Some(_) => None,
    }
}

/// When an open door may have been closed long ago, because its contact has not said anything for too long.
pub(super) fn forgotten_at(state: &UnitState, rules: &Rules) -> Option<Timestamp> {
    state
        .door
        .filter(|door| door.door == Door::Open)
        .map(|door| door.seen_at + rules.door_word)
}

/// Since when the door has been open.
fn opened_at(state: &UnitState) -> Option<Timestamp> {
    state
        .door
        .filter(|door| door.door == Door::Open)
        .map(|door| door.since)
}

impl Step<'_> {
    /// A contact says that the door is `door`. A unit may have several: it is open as long as one of them is.
    pub(super) fn door(&mut self, reading: &Reading, door: Door) {
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
            Some(known) if known.door == door => Some(DoorState { seen_at: at, ..known }),
            _ => {
                match door {
                    // What is compared with before was measured with the door closed.
                    Door::Open => self.state.course.clear(),
                    Door::Closed => self.resolve(AlertKind::DoorOpen, at),
                }
                Some(DoorState {
                    door,
                    since: at,
                    seen_at: at,
                })
            }
        };
    }

    /// The door has been open for as long as a warning, or what is critical, takes.
    pub(super) fn door_has_been_open(&mut self, at: Timestamp) {
        let Some(since) = opened_at(self.state) else {
            return;
        };
        let severity = if at >= since + self.rules.door_critical {
            Severity::Critical
        } else {
            Severity::Warning
        };
        let about = About {
            since: Some(since),
            ..About::default()
        };
        self.open(AlertKind::DoorOpen, severity, at, about);
        self.upgrade(AlertKind::DoorOpen, severity, at, Fact::Nothing);
    }

    /// Nothing is known of the door any more.
    pub(super) fn forget_door(&mut self, at: Timestamp) {
        self.state.door = None;
        let ending = std::mem::replace(&mut self.ending, Ending::Unknown);
        self.resolve(AlertKind::DoorOpen, at);
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
        if opened_at(self.state).is_some_and(|since| now < since + shortest) {
            self.resolve(AlertKind::DoorOpen, now);
        }
    }
}
