//! Temperatures that are logged by hand because no sensor measures the unit.

use super::super::{Rules, Silence, UnitState};
use super::Step;
use super::alerts::About;
use crate::alert::{AlertKind, Severity};
use crate::time::Timestamp;

/// When a log is missed. A unit that waits for a sensor is asked for logs by the [silence](super::silence) of that.
pub(super) fn missed_at(state: &UnitState, rules: &Rules) -> Option<Timestamp> {
    let due = state.log_due.filter(|_| state.contact.is_none())?;
    let told = state.alert(AlertKind::MissedManualEntry).is_some();
    (!told).then_some(due + rules.manual_grace)
}

impl Step<'_> {
    /// A log was due, and the time by which it may be late is over.
    pub(super) fn log_is_missed(&mut self, at: Timestamp) {
        let about = About {
            since: self.state.logged_at,
            ..About::default()
        };
        self.open(AlertKind::MissedManualEntry, Severity::Warning, at, about);
    }

    /// A log that is newer than all before was measured at `at`. When the next is due depends on when the site is open, which
    /// is not known here: the state asks to be settled. A log that a device has kept for so long that another is missing by
    /// now ends nothing.
    pub(super) fn log_is_kept(&mut self, at: Timestamp, now: Timestamp) {
        if self.state.log_due.take().is_some() {
            let known = self.state.settle_at;
            self.state.settle_at = Some(known.map_or(now, |known| known.min(now)));
        }
        let holds_until = at + self.rules.manual_interval + self.rules.manual_grace;
        if self.state.contact.is_none() && now < holds_until {
            self.resolve(AlertKind::MissedManualEntry, at);
        }
    }

    /// A sensor may measure the unit by now, or a log be due later, or never.
    pub(super) fn log_anew(&mut self, now: Timestamp) {
        let grace = self.rules.manual_grace;
        let missed = match (self.state.contact, self.state.log_due) {
            (Some(_), _) => self.state.silence == Some(Silence::ManualRequired),
            (None, due) => due.is_some_and(|due| due + grace <= now),
        };
        if !missed {
            self.resolve(AlertKind::MissedManualEntry, now);
        }
    }
}
