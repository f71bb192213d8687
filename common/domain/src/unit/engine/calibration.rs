//! The calibration of the sensor that drives the unit: an inspector asks for one that is in force.

use super::super::UnitState;
use super::super::explain::Fact;
use super::Step;
use super::alerts::About;
use crate::alert::{AlertKind, Severity};
use crate::time::{Span, Timestamp};

/// How long before it expires a calibration is told to (specification 14, decision 16): a laboratory takes weeks.
const NOTICE: Span = Span::hours(30 * 24);

/// When the alert of the calibration opens or becomes worse.
pub(super) fn told_at(state: &UnitState) -> Option<Timestamp> {
    let expires = state.calibrated_until?;
    match state.alert(AlertKind::CalibrationDue) {
        None => Some(expires - NOTICE),
        Some(alert) if alert.severity < Severity::Warning => Some(expires),
        Some(_) => None,
    }
}

impl Step<'_> {
    /// The calibration runs out soon, or has at `at`.
    pub(super) fn calibration_runs_out(&mut self, at: Timestamp) {
        let Some(expires) = self.state.calibrated_until else {
            return;
        };
        let severity = if at >= expires {
            Severity::Warning
        } else {
            Severity::Info
        };
        let about = About {
            since: Some(expires),
            ..About::default()
        };
        self.open(AlertKind::CalibrationDue, severity, at, about);
        self.upgrade(AlertKind::CalibrationDue, severity, at, Fact::Nothing);
    }

    /// The sensor may have been calibrated anew, or another may drive the unit.
    pub(super) fn calibration_anew(&mut self, now: Timestamp) {
        let Some(alert) = self.state.alert(AlertKind::CalibrationDue) else {
            return;
        };
        let due = self.state.calibrated_until.map(|expires| {
            if alert.severity < Severity::Warning {
                expires - NOTICE
            } else {
                expires
            }
        });
        if due.is_none_or(|due| now < due) {
            self.resolve(AlertKind::CalibrationDue, now);
        }
    }
}
