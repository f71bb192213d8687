//! What follows from how long nothing was heard of the sensor that drives the unit.

use super::super::explain::Fact;
use super::super::silence::Awaited;
use super::super::{Contact, Rules, Silence, UnitState, UnitStatus};
use super::Step;
use super::alerts::About;
use crate::alert::{AlertKind, Severity};
use crate::time::Timestamp;

/// When the silence of the sensor goes further than it has.
pub(super) fn further_at(state: &UnitState, rules: &Rules) -> Option<Timestamp> {
    awaited(state, rules)?.next(state.silence)
}

fn awaited<'a>(state: &UnitState, rules: &'a Rules) -> Option<Awaited<'a>> {
    state.contact.map(|contact| Awaited {
        rules,
        contact,
        logged_at: state.logged_at,
    })
}

impl Step<'_> {
    /// The sensor that drives the unit measured at `at`, which is `fresh` if its next report is not overdue yet.
    pub(super) fn heard(&mut self, at: Timestamp, fresh: bool, now: Timestamp) {
        let newer = match self.state.contact {
            None => true,
            // What was kept of a sensor until it was fitted is the past, unless that was a moment ago.
            Some(Contact::Fitted(since)) => fresh || at >= since,
            Some(Contact::Heard(newest) | Contact::Learnt(newest)) => at > newest,
        };
        if newer {
            let contact = if fresh { Contact::Heard } else { Contact::Learnt };
            self.state.contact = Some(contact(at));
            self.end_silence(at, now);
        }
    }

    /// Somebody logged a temperature by hand: it stands in for a sensor that is silent, and moves nothing else.
    pub(super) fn logged(&mut self, at: Timestamp, now: Timestamp) {
        if self.state.logged_at < Some(at) {
            self.state.logged_at = Some(at);
            self.log_is_kept(at, now);
        }
        self.end_silence(at, now);
        self.show_silence(at);
    }

    /// A sensor that was fitted is waited for, and one that was taken away before it was heard is not.
    pub(super) fn await_sensor(&mut self, now: Timestamp) {
        match self.state.contact {
            None if self.rules.fitted => self.state.contact = Some(Contact::Fitted(now)),
            Some(Contact::Fitted(_)) if !self.rules.fitted => self.state.contact = None,
            _ => {}
        }
    }

    /// Silence has gone further by `at`.
    pub(super) fn fall_silent(&mut self, at: Timestamp) {
        let Some(awaited) = awaited(self.state, self.rules) else {
            return;
        };
        let Some(silence) = awaited.at(at).max(self.state.silence) else {
            return;
        };
        self.state.silence = Some(silence);
        let heard = match awaited.contact {
            Contact::Heard(at) | Contact::Learnt(at) => Some(at),
            Contact::Fitted(_) => None,
        };
        let since = |since| About {
            since,
            ..About::default()
        };
        let severity = if silence == Silence::Offline {
            Severity::Warning
        } else {
            Severity::Critical
        };
        if severity == Severity::Critical {
            // What is measured after that goes on from nothing that was known before.
            self.state.course.clear();
        }
        let kind = AlertKind::MonitoringInterrupted;
        self.open(kind, severity, at, since(heard));
        self.upgrade(kind, severity, at, Fact::Nothing);
        if silence == Silence::ManualRequired {
            let known = heard.max(awaited.logged_at);
            self.open(AlertKind::MissedManualEntry, Severity::Warning, at, since(known));
        }
        self.show_silence(at);
    }

    /// Lets silence go back as far as what was heard at `at` makes it, if at all: what comes long after it was measured
    /// does not say that the sensor is there now.
    pub(super) fn end_silence(&mut self, at: Timestamp, now: Timestamp) {
        let Some(known) = self.state.silence else { return };
        let left = awaited(self.state, self.rules).and_then(|awaited| awaited.at(now));
        if left >= Some(known) {
            return;
        }
        self.state.silence = left;
        // It went no further than to ask for a log, so whatever is left of it asks for none.
        self.resolve(AlertKind::MissedManualEntry, at);
        if left.is_none() {
            self.resolve(AlertKind::MonitoringInterrupted, at);
        }
    }

    /// Lets the status tell of the silence, unless it has worse to tell: silence never hides what is out of range.
    pub(super) fn show_silence(&mut self, at: Timestamp) {
        let status = self.state.status;
        let shown = match self.state.silence {
            _ if self.state.excursion.is_some() => return,
            Some(silence) => silence.status(),
            None if !is_silent(status) => return,
            None if self.state.last.is_none() => UnitStatus::Pending,
            None => UnitStatus::Restoring,
        };
        if shown != status {
            self.state.recovery = 0;
            // What was measured before the silence was noticed can end it only afterwards.
            self.enter(shown, at.max(self.state.status_since));
        }
    }
}

/// Whether `status` tells of nothing worse than silence.
const fn is_silent(status: UnitStatus) -> bool {
    matches!(
        status,
        UnitStatus::Offline | UnitStatus::MonitoringInterrupted | UnitStatus::ManualRequired
    )
}
