//! What temperatures say of a unit, and when an excursion is an alarm.

use super::super::explain::Fact;
use super::super::rules::RECOVERY_READINGS;
use super::super::{DoorState, Excursion, LastReading, Mask, Rule, Rules, Silence, UnitState, UnitStatus};
use super::Step;
use super::alerts::About;
use crate::alert::{AlertKind, Severity, Side};
use crate::measurement::{CentiCelsius, Door, TemperatureSample};
use crate::reading::Reading;
use crate::time::Timestamp;

/// When the clock confirms the excursion that goes on.
///
/// One reading out of range is not yet evidence: with a sensor that reports every ten minutes, a clock alone
/// would raise the alarm seconds before the reading that shows it was only a door. So a single reading waits
/// until the next report is overdue.
pub(super) fn confirmed_at(state: &UnitState, rules: &Rules) -> Option<Timestamp> {
    let (excursion, due, _) = alarm_at(state, rules)?;
    Some(if excursion.samples >= 2 {
        due
    } else {
        due.max(excursion.since + rules.report_deadline())
    })
}

/// When the excursion that goes on has lasted long enough to be an alarm, and by which rule.
///
/// Once the door is closed the unit has as long to recover as an excursion may last with the door closed, but no longer
/// than if the door had stayed open: so nobody puts an alarm off by opening and closing.
fn alarm_at(state: &UnitState, rules: &Rules) -> Option<(Excursion, Timestamp, Rule)> {
    let excursion = state
        .excursion
        .filter(|_| state.status == UnitStatus::Excursion)?;
    let (longest, of_longest) = if rules.confirm_door_open > rules.confirm {
        (rules.confirm_door_open, Rule::ConfirmDoorOpen)
    } else {
        (rules.confirm, Rule::Confirm)
    };
    let open = excursion.since + longest;
    let (confirmed, rule) = match state.door {
        Some(DoorState { door: Door::Open, .. }) => (open, of_longest),
        Some(DoorState {
            door: Door::Closed,
            since: closed,
            ..
        }) if open < closed + rules.confirm => (open, of_longest),
        Some(DoorState { since: closed, .. }) => (excursion.since.max(closed) + rules.confirm, Rule::Confirm),
        None => (excursion.since + rules.confirm, Rule::Confirm),
    };
    let at_most = excursion.excused_since.unwrap_or(excursion.since) + rules.max_excursion;
    Some(if at_most < confirmed {
        (excursion, at_most, Rule::MaxExcursion)
    } else {
        (excursion, confirmed, rule)
    })
}

impl Step<'_> {
    /// What the newest reading of the driving sensor says of the temperature.
    pub(super) fn measured(&mut self, reading: &Reading, at: Timestamp) {
        match reading.temperature {
            Some(TemperatureSample::Valid(temperature)) => {
                // One from before the fault says nothing of the sensor now.
                if self
                    .state
                    .alert(AlertKind::SensorFault)
                    .is_some_and(|fault| fault.opened_at < at)
                {
                    self.resolve(AlertKind::SensorFault, at);
                }
                self.state.expose_until(self.rules, at);
                self.temperature(temperature, at);
                self.state.last = Some(LastReading {
                    recorded_at: at,
                    temperature,
                });
                self.judge_exposure(at);
            }
            // A sensor that cannot measure says nothing about the food, so it moves no temperature state.
            Some(TemperatureSample::Fault(_)) => {
                self.open(AlertKind::SensorFault, Severity::Critical, at, About::default());
            }
            None => {}
        }
    }

    /// A new valid temperature.
    fn temperature(&mut self, temperature: CentiCelsius, at: Timestamp) {
        match self.rules.violation(temperature) {
            Some(side) => {
                self.out_of_range(temperature, side, at);
                self.watch_cooling(temperature, side, at);
            }
            None => {
                self.end_mask(at);
                if self.rules.recovered(temperature) {
                    self.well_in_range(at);
                } else {
                    self.in_the_band(at);
                }
            }
        }
        // A reading is evidence: it needs no second one, as the clock does.
        if alarm_at(self.state, self.rules).is_some_and(|(_, due, _)| at >= due) {
            self.confirm(at);
        }
    }

    fn out_of_range(&mut self, temperature: CentiCelsius, side: Side, at: Timestamp) {
        self.state.recovery = 0;
        if let Some(excursion) = &mut self.state.excursion {
            excursion.samples = excursion.samples.saturating_add(1);
            self.note_worst(temperature);
            return;
        }
        if self.is_excused(at) {
            return;
        }
        let mask = self.end_mask(at).map(|mask| Mask {
            samples: mask.samples.saturating_add(1),
            ..mask
        });
        self.begin_excursion(temperature, side, at, mask);
    }

    /// An excursion begins, which `mask` has excused so far.
    pub(super) fn begin_excursion(
        &mut self,
        temperature: CentiCelsius,
        side: Side,
        at: Timestamp,
        mask: Option<Mask>,
    ) {
        let excused_since = mask.map(|mask| mask.since);
        self.state.excursion = Some(Excursion {
            since: at,
            side,
            samples: mask.map_or(1, |mask| mask.samples),
            excused_since,
        });
        self.enter(UnitStatus::Excursion, at);
        let about = About {
            since: excused_since,
            crossed: Some((temperature, side)),
            ..About::default()
        };
        self.open(AlertKind::TempExcursion, Severity::Warning, at, about);
    }

    fn note_worst(&mut self, temperature: CentiCelsius) {
        if let Some(alert) = self.state.alert_about(AlertKind::TempExcursion, None) {
            alert.worst = alert.worst.map(|worst| match alert.side {
                Some(Side::Low) => worst.min(temperature),
                _ => worst.max(temperature),
            });
        }
    }

    fn well_in_range(&mut self, at: Timestamp) {
        match self.state.status {
            UnitStatus::Ok => {}
            UnitStatus::Pending => self.enter(UnitStatus::Ok, at),
            UnitStatus::Excursion | UnitStatus::AlarmActive => self.begin_recovery(at),
            UnitStatus::Restoring => self.state.recovery = self.state.recovery.saturating_add(1),
            UnitStatus::Offline | UnitStatus::MonitoringInterrupted | UnitStatus::ManualRequired => {
                self.come_back(1, at);
            }
        }
        if self.state.status == UnitStatus::Restoring && self.state.recovery >= RECOVERY_READINGS {
            self.state.recovery = 0;
            self.enter(UnitStatus::Ok, at);
        }
    }

    /// In range, but within the hysteresis: an excursion goes on, a recovery starts to count anew.
    fn in_the_band(&mut self, at: Timestamp) {
        self.state.course.clear();
        match self.state.status {
            UnitStatus::Pending => self.enter(UnitStatus::Ok, at),
            UnitStatus::Restoring => self.state.recovery = 0,
            UnitStatus::Ok | UnitStatus::Excursion | UnitStatus::AlarmActive => {}
            UnitStatus::Offline | UnitStatus::MonitoringInterrupted | UnitStatus::ManualRequired => {
                self.come_back(0, at);
            }
        }
    }

    /// A temperature in range, of which `good` are to be counted, after silence: if that has ended.
    fn come_back(&mut self, good: u8, at: Timestamp) {
        if self.state.silence.is_some() {
            return;
        }
        let at = at.max(self.state.status_since);
        if self.state.last.is_none() {
            self.enter(UnitStatus::Ok, at);
        } else {
            self.state.recovery = good;
            self.enter(UnitStatus::Restoring, at);
        }
    }

    fn begin_recovery(&mut self, at: Timestamp) {
        self.state.excursion = None;
        self.state.course.clear();
        self.state.recovery = 1;
        let silent = self.state.silence.map(Silence::status);
        self.enter(silent.unwrap_or(UnitStatus::Restoring), at);
        self.resolve(AlertKind::SuspectedCoolingFailure, at);
        self.resolve(AlertKind::TempExcursion, at);
    }

    /// Judges the newest temperature by rules that may have changed.
    pub(super) fn temperature_anew(&mut self, temperature: CentiCelsius, now: Timestamp) {
        let out_of_range = self.rules.violation(temperature);
        match (out_of_range, self.state.excursion) {
            (Some(side), None) if self.state.mask().is_none() => self.out_of_range(temperature, side, now),
            (Some(_), _) => {}
            (None, excursion) => {
                self.end_mask(now);
                if excursion.is_some() && self.rules.recovered(temperature) {
                    self.begin_recovery(now);
                }
            }
        }
    }

    pub(super) fn confirm(&mut self, at: Timestamp) {
        let rule = alarm_at(self.state, self.rules).map_or(Rule::Confirm, |(_, _, rule)| rule);
        self.confirm_by(rule, at);
    }

    /// The excursion that goes on is an alarm by `rule`.
    pub(super) fn confirm_by(&mut self, rule: Rule, at: Timestamp) {
        self.enter(UnitStatus::AlarmActive, at);
        self.count_alarm(at);
        let fact = Fact::ConfirmedBy(rule);
        self.upgrade(AlertKind::TempExcursion, Severity::Critical, at, fact);
        self.hand_exposure_over(at);
    }
}
