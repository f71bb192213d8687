//! Alerts open, become worse and end; while a unit is [quiet](Quiet) nobody is told.

use super::super::explain::{Fact, Telling};
use super::super::{AlarmId, OpenAlert, Quiet, UnitState};
use super::{Change, Step};
use crate::alert::{AlertKind, Severity, Side};
use crate::measurement::CentiCelsius;
use crate::time::Timestamp;

/// What an alert that opens is about, besides its kind.
#[derive(Default)]
pub(super) struct About {
    /// When it began, if that was before.
    pub(super) since: Option<Timestamp>,
    /// The temperature and which limit it crossed.
    pub(super) crossed: Option<(CentiCelsius, Side)>,
    /// That limit, where it is not the alarm limit.
    pub(super) limit: Option<CentiCelsius>,
    /// The place of the sensor, if it is about one of several.
    pub(super) slot: Option<u8>,
    /// The alarm of the library that opens it, and what was measured.
    pub(super) alarm: Option<(AlarmId, i32)>,
    /// What else there is to tell of it.
    pub(super) fact: Fact,
}

/// Why an alert becomes worse.
pub(super) enum Reason {
    /// By a rule of the engine's own, and what is known of it.
    Fact(Fact),
    /// By an alarm of the library, and what was measured.
    Alarm(AlarmId, i32),
}

/// When alerts that are held back may have to be told.
pub(super) fn released_at(state: &UnitState) -> Option<Timestamp> {
    state.quiet.iter().map(|quiet| quiet.until).min()
}

fn is_held(quiet: &[Quiet], kind: AlertKind, at: Timestamp) -> bool {
    quiet
        .iter()
        .any(|quiet| quiet.kinds.contains(kind) && quiet.from <= at && at < quiet.until)
}

impl Step<'_> {
    pub(super) fn open(&mut self, kind: AlertKind, severity: Severity, at: Timestamp, about: About) {
        let About {
            since,
            crossed,
            limit,
            slot,
            alarm,
            fact,
        } = about;
        if self.state.alert_about(kind, slot).is_some() {
            return;
        }
        let alert = OpenAlert {
            number: self.state.episodes,
            kind,
            severity,
            opened_at: at,
            since,
            escalated_at: None,
            trigger: crossed.map(|(temperature, _)| temperature),
            worst: crossed.map(|(temperature, _)| temperature),
            limit: limit.or(crossed.map(|(_, side)| self.rules.limit(side))),
            side: crossed.map(|(_, side)| side),
            slot,
            related: self.state.explaining(kind),
            alarm,
            held: is_held(&self.state.quiet, kind, at),
        };
        self.state.episodes = self.state.episodes.wrapping_add(1);
        if !alert.held {
            let told = self.state.describe(self.rules, &alert, Telling::Opened(fact), at);
            self.changes.push(Change::AlertOpened(told));
        }
        self.state.alerts.push(alert);
    }

    pub(super) fn upgrade(&mut self, kind: AlertKind, severity: Severity, at: Timestamp, fact: Fact) {
        self.worsen((kind, None), severity, at, Reason::Fact(fact));
    }

    /// Makes the alert of `kind` about the sensor in `slot`, or about the unit, as bad as `severity`.
    pub(super) fn worsen(
        &mut self,
        (kind, slot): (AlertKind, Option<u8>),
        severity: Severity,
        at: Timestamp,
        reason: Reason,
    ) {
        let (alarm, fact) = match reason {
            Reason::Fact(fact) => (None, fact),
            Reason::Alarm(alarm, value) => (Some((alarm, value)), Fact::Nothing),
        };
        let known = self.state.alert_about(kind, slot);
        let Some(alert) = known.filter(|alert| alert.severity < severity) else {
            return;
        };
        alert.severity = severity;
        alert.escalated_at = Some(at);
        alert.alarm = alarm;
        let alert = *alert;
        if !alert.held {
            let told = self
                .state
                .describe(self.rules, &alert, Telling::Upgraded(fact), at);
            self.changes.push(Change::AlertUpgraded(told));
        }
    }

    /// Ends the alert of `kind` about the unit.
    pub(super) fn resolve(&mut self, kind: AlertKind, at: Timestamp) {
        self.resolve_about(kind, None, at);
    }

    pub(super) fn resolve_about(&mut self, kind: AlertKind, slot: Option<u8>, at: Timestamp) {
        let mut alerts = self.state.alerts.iter();
        let Some(index) = alerts.position(|alert| alert.kind == kind && alert.slot == slot) else {
            return;
        };
        let alert = self.state.alerts.remove(index);
        if alert.held {
            return;
        }
        // An alert that edited rules or the clock opened can be ended by a reading measured before that.
        let at = at.max(alert.escalated_at.unwrap_or(alert.opened_at));
        let telling = Telling::Resolved(self.ending);
        let told = self.state.describe(self.rules, &alert, telling, at);
        self.changes.push(Change::AlertResolved(told));
    }

    /// Tells of alerts that are held back no more at `at`.
    pub(super) fn release(&mut self, at: Timestamp) {
        self.state.quiet.retain(|quiet| quiet.until > at);
        for index in 0..self.state.alerts.len() {
            let Some(alert) = self.state.alerts.get_mut(index) else {
                return;
            };
            if !alert.held || is_held(&self.state.quiet, alert.kind, at) {
                continue;
            }
            alert.held = false;
            let alert = *alert;
            let told = self.state.describe(self.rules, &alert, Telling::Released, at);
            self.changes.push(Change::AlertOpened(told));
        }
    }
}
