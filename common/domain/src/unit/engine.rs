//! The engine: one pure function that moves a unit. The live path, the timers, replay, the simulator, the
//! benchmarks and the property tests all call it; there is no second opinion.

use super::rules::RECOVERY_READINGS;
use super::{DoorState, Excursion, LastReading, OpenAlert, Rules, UnitState, UnitStatus};
use crate::alert::{Alert, AlertKind, Severity, Side};
use crate::ids::{AlertId, Id};
use crate::measurement::{CentiCelsius, TemperatureSample};
use crate::reading::Reading;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ulid::Ulid;

/// What can move a unit.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// A reading that was not seen before.
    Reading(&'a Reading),
    /// The clock, or the rules, moved on: judge again what is known.
    Tick,
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
}

/// Moves a unit by one input, adding what changed to `changes`. A plain reading changes nothing.
///
/// Deterministic: the same state, rules, input and time give the same result, whoever asks and whenever. The
/// state is moved in place because a plain reading is the hot path and copies nothing that way.
///
/// `now` is the time of judgement. Readings are judged at the time they were measured, so that a replay of
/// them gives what happened live; only [`Input::Tick`] is judged at `now`.
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
        changes,
    };
    match input {
        _ if !step.state.active => step.rest(now),
        Input::Reading(reading) => step.reading(reading),
        Input::Tick => step.judge_again(now),
    }
}

/// When the unit must be judged again though no reading comes, or `None` if time alone can change nothing.
#[must_use]
pub fn next_due(state: &UnitState, rules: &Rules) -> Option<Timestamp> {
    match (state.status, state.excursion) {
        (UnitStatus::Excursion, Some(excursion)) => Some(confirm_due(&excursion, rules)),
        _ => None,
    }
}

/// When an excursion is confirmed by the clock.
///
/// One reading out of range is not yet evidence: with a sensor that reports every ten minutes, a clock alone
/// would raise the alarm seconds before the reading that shows it was only a door. So a single reading waits
/// until the next report is overdue.
fn confirm_due(excursion: &Excursion, rules: &Rules) -> Timestamp {
    let due = excursion.since + rules.confirm;
    if excursion.samples >= 2 {
        due
    } else {
        due.max(excursion.since + rules.report_deadline())
    }
}

/// One step of the engine: the state being moved and what changed so far.
struct Step<'a> {
    state: &'a mut UnitState,
    rules: &'a Rules,
    changes: &'a mut Vec<Change>,
}

impl Step<'_> {
    /// A unit that is not judged has no alerts, and knows nothing that could raise one once it is judged again.
    fn rest(&mut self, now: Timestamp) {
        for kind in [AlertKind::TempExcursion, AlertKind::SensorFault] {
            self.resolve(kind, now);
        }
        self.state.last = None;
        self.state.excursion = None;
        self.state.recovery = 0;
        if self.state.status != UnitStatus::Pending {
            self.enter(UnitStatus::Pending, now);
        }
    }

    fn reading(&mut self, reading: &Reading) {
        let at = reading.recorded_at;
        if self.state.seen_at.is_none_or(|seen| at >= seen) {
            self.state.seen_at = Some(at);
            self.state.humidity = reading.humidity.or(self.state.humidity);
            self.state.battery = reading.battery.or(self.state.battery);
            self.state.rssi_dbm = reading.rssi_dbm.or(self.state.rssi_dbm);
        }
        self.door(reading);
        if !reading.drives_unit || self.state.last.is_some_and(|last| at <= last.recorded_at) {
            return;
        }
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
                self.state.last = Some(LastReading {
                    recorded_at: at,
                    temperature,
                });
                self.temperature(temperature, at);
            }
            // A sensor that cannot measure says nothing about the food, so it moves no temperature state.
            Some(TemperatureSample::Fault(_)) => {
                self.open(AlertKind::SensorFault, Severity::Critical, at, None)
            }
            None => {}
        }
    }

    fn door(&mut self, reading: &Reading) {
        let Some(door) = reading.door else { return };
        let at = reading.recorded_at;
        self.state.door = match self.state.door {
            Some(known) if at < known.seen_at => return,
            Some(known) if known.door == door => Some(DoorState { seen_at: at, ..known }),
            _ => Some(DoorState {
                door,
                since: at,
                seen_at: at,
            }),
        };
    }

    /// A new valid temperature.
    fn temperature(&mut self, temperature: CentiCelsius, at: Timestamp) {
        match self.rules.violation(temperature) {
            Some(side) => self.out_of_range(temperature, side, at),
            None if self.rules.recovered(temperature) => self.well_in_range(at),
            None => self.in_the_band(at),
        }
        self.confirm_if(|excursion, rules| at >= excursion.since + rules.confirm, at);
    }

    fn out_of_range(&mut self, temperature: CentiCelsius, side: Side, at: Timestamp) {
        self.state.recovery = 0;
        if let Some(excursion) = &mut self.state.excursion {
            excursion.samples = excursion.samples.saturating_add(1);
        } else {
            self.state.excursion = Some(Excursion {
                since: at,
                side,
                samples: 1,
            });
            self.enter(UnitStatus::Excursion, at);
        }
        self.open(
            AlertKind::TempExcursion,
            Severity::Warning,
            at,
            Some((temperature, side)),
        );
        if let Some(alert) = self
            .state
            .alerts
            .iter_mut()
            .find(|a| a.kind == AlertKind::TempExcursion)
        {
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
        }
        if self.state.status == UnitStatus::Restoring && self.state.recovery >= RECOVERY_READINGS {
            self.state.recovery = 0;
            self.enter(UnitStatus::Ok, at);
        }
    }

    /// In range, but within the hysteresis: an excursion goes on, a recovery starts to count anew.
    fn in_the_band(&mut self, at: Timestamp) {
        match self.state.status {
            UnitStatus::Pending => self.enter(UnitStatus::Ok, at),
            UnitStatus::Restoring => self.state.recovery = 0,
            UnitStatus::Ok | UnitStatus::Excursion | UnitStatus::AlarmActive => {}
        }
    }

    fn begin_recovery(&mut self, at: Timestamp) {
        self.state.excursion = None;
        self.state.recovery = 1;
        self.enter(UnitStatus::Restoring, at);
        self.resolve(AlertKind::TempExcursion, at);
    }

    /// Judges the newest temperature against rules that may have changed, at a time that has.
    fn judge_again(&mut self, now: Timestamp) {
        let Some(last) = self.state.last else { return };
        match (self.rules.violation(last.temperature), self.state.status) {
            (Some(side), UnitStatus::Ok | UnitStatus::Restoring | UnitStatus::Pending) => {
                self.out_of_range(last.temperature, side, now);
            }
            (None, UnitStatus::Excursion | UnitStatus::AlarmActive)
                if self.rules.recovered(last.temperature) =>
            {
                self.begin_recovery(now);
            }
            _ => {}
        }
        self.confirm_if(|excursion, rules| now >= confirm_due(excursion, rules), now);
    }

    fn confirm_if(&mut self, due: impl Fn(&Excursion, &Rules) -> bool, at: Timestamp) {
        if self.state.status == UnitStatus::Excursion
            && self
                .state
                .excursion
                .is_some_and(|excursion| due(&excursion, self.rules))
        {
            self.enter(UnitStatus::AlarmActive, at);
            self.upgrade(AlertKind::TempExcursion, Severity::Critical, at);
        }
    }

    fn enter(&mut self, to: UnitStatus, at: Timestamp) {
        let from = std::mem::replace(&mut self.state.status, to);
        self.state.status_since = at;
        self.changes.push(Change::StatusChanged { from, to, at });
    }

    fn open(
        &mut self,
        kind: AlertKind,
        severity: Severity,
        at: Timestamp,
        crossed: Option<(CentiCelsius, Side)>,
    ) {
        if self.state.alert(kind).is_some() {
            return;
        }
        let alert = OpenAlert {
            id: alert_id(self.state, kind, at),
            kind,
            severity,
            opened_at: at,
            escalated_at: None,
            trigger: crossed.map(|(temperature, _)| temperature),
            worst: crossed.map(|(temperature, _)| temperature),
            limit: crossed.map(|(_, side)| self.rules.limit(side)),
            side: crossed.map(|(_, side)| side),
        };
        self.state.episodes = self.state.episodes.wrapping_add(1);
        self.changes
            .push(Change::AlertOpened(self.state.describe(&alert, None)));
        self.state.alerts.push(alert);
    }

    fn upgrade(&mut self, kind: AlertKind, severity: Severity, at: Timestamp) {
        let Some(alert) = self
            .state
            .alerts
            .iter_mut()
            .find(|a| a.kind == kind && a.severity < severity)
        else {
            return;
        };
        alert.severity = severity;
        alert.escalated_at = Some(at);
        let alert = *alert;
        self.changes
            .push(Change::AlertUpgraded(self.state.describe(&alert, None)));
    }

    fn resolve(&mut self, kind: AlertKind, at: Timestamp) {
        if let Some(index) = self.state.alerts.iter().position(|alert| alert.kind == kind) {
            let alert = self.state.alerts.remove(index);
            // An alert that edited rules opened can be ended by a reading measured before the edit.
            let at = at.max(alert.opened_at);
            self.changes
                .push(Change::AlertResolved(self.state.describe(&alert, Some(at))));
        }
    }
}

/// The identifier of the alert that a unit opens: derived, not drawn. Two workers that judge the same reading,
/// or one that tries again after a crash, arrive at the same alert.
fn alert_id(state: &UnitState, kind: AlertKind, at: Timestamp) -> AlertId {
    let mut hash = Sha256::new();
    hash.update(state.unit_id.ulid().to_bytes());
    hash.update([kind as u8]);
    hash.update(state.episodes.to_be_bytes());
    hash.update(at.as_millis().to_be_bytes());
    let digest = hash.finalize();
    let random = digest
        .iter()
        .take(10)
        .fold(0_u128, |value, byte| value << 8 | u128::from(*byte));
    AlertId::from_ulid(Ulid::from_parts(
        u64::try_from(at.as_millis()).unwrap_or(0),
        random,
    ))
}
