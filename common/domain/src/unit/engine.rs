//! The engine: one pure function that moves a unit. The live path, the timers, replay, the simulator, the
//! benchmarks and the property tests all call it; there is no second opinion.

use super::explain::{Ending, Telling};
use super::rules::RECOVERY_READINGS;
use super::silence::Quiet;
use super::{
    Contact, DoorState, Excursion, LastReading, LateSpan, OpenAlert, Rules, Silence, UnitState, UnitStatus,
};
use crate::alert::{Alert, AlertKind, Severity, Side};
use crate::measurement::{CentiCelsius, TemperatureSample};
use crate::reading::{Origin, Reading};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What can move a unit.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// A reading that was not seen before.
    Reading(&'a Reading),
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
        Input::Tick => step.pass_time(now, true),
        Input::Changed => step.judge_anew(now),
    }
}

/// When the unit must be judged again though no reading comes, or `None` if time alone can change nothing.
#[must_use]
pub fn next_due(state: &UnitState, rules: &Rules) -> Option<Timestamp> {
    let due = [confirmed_at(state, rules), silent_at(state, rules)];
    due.into_iter().flatten().min()
}

/// When the clock confirms the excursion that goes on.
///
/// One reading out of range is not yet evidence: with a sensor that reports every ten minutes, a clock alone
/// would raise the alarm seconds before the reading that shows it was only a door. So a single reading waits
/// until the next report is overdue.
fn confirmed_at(state: &UnitState, rules: &Rules) -> Option<Timestamp> {
    let excursion = state
        .excursion
        .filter(|_| state.status == UnitStatus::Excursion)?;
    let due = excursion.since + rules.confirm;
    Some(if excursion.samples >= 2 {
        due
    } else {
        due.max(excursion.since + rules.report_deadline())
    })
}

/// When the silence of the sensor goes further than it has.
fn silent_at(state: &UnitState, rules: &Rules) -> Option<Timestamp> {
    quiet(state, rules)?.next(state.silence)
}

fn quiet<'a>(state: &UnitState, rules: &'a Rules) -> Option<Quiet<'a>> {
    state.contact.map(|contact| Quiet {
        rules,
        contact,
        logged_at: state.logged_at,
    })
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
        while let Some(kind) = self.state.alerts.first().map(|alert| alert.kind) {
            self.resolve(kind, now);
        }
        self.state.last = None;
        self.state.contact = None;
        self.state.silence = None;
        self.state.logged_at = None;
        self.state.excursion = None;
        self.state.recovery = 0;
        if self.state.status != UnitStatus::Pending {
            self.enter(UnitStatus::Pending, now);
        }
    }

    fn reading(&mut self, reading: &Reading, now: Timestamp) {
        let at = reading.recorded_at;
        // What fell due before this was measured came first, whether or not the clock has been here since. Of silence only
        // what is missing now is told: a gap within or behind what comes long after it was measured is history.
        let before = Timestamp::from_millis(at.min(now).as_millis().saturating_sub(1));
        let fresh = now < at + self.rules.report_deadline();
        let learnt = matches!(self.state.contact, Some(Contact::Learnt(_)));
        self.pass_time(before, fresh && !learnt);
        if reading.origin == Origin::Manual {
            return self.logged(at, now);
        }
        if self.state.seen_at.is_none_or(|seen| at >= seen) {
            self.state.seen_at = Some(at);
            self.state.humidity = reading.humidity.or(self.state.humidity);
            self.state.battery = reading.battery.or(self.state.battery);
            self.state.rssi_dbm = reading.rssi_dbm.or(self.state.rssi_dbm);
        }
        self.door(reading);
        if !reading.drives_unit {
            return;
        }
        let heard = match self.state.contact {
            None => true,
            // What was kept of a sensor until it was fitted is the past, unless that was a moment ago.
            Some(Contact::Fitted(since)) => fresh || at >= since,
            Some(Contact::Heard(newest) | Contact::Learnt(newest)) => at > newest,
        };
        if heard {
            let contact = if fresh { Contact::Heard } else { Contact::Learnt };
            self.state.contact = Some(contact(at));
            self.end_silence(at, now);
        }
        if self.state.last.is_none_or(|last| at > last.recorded_at) {
            self.measured(reading, at);
        }
        self.show_silence(at);
    }

    /// What the newest reading of the driving sensor says of the temperature.
    fn measured(&mut self, reading: &Reading, at: Timestamp) {
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
                self.temperature(temperature, at);
                self.state.last = Some(LastReading {
                    recorded_at: at,
                    temperature,
                });
            }
            // A sensor that cannot measure says nothing about the food, so it moves no temperature state.
            Some(TemperatureSample::Fault(_)) => {
                self.open(AlertKind::SensorFault, Severity::Critical, at, About::default());
            }
            None => {}
        }
    }

    /// Somebody logged a temperature by hand: it stands in for a sensor that is silent, and moves nothing else.
    fn logged(&mut self, at: Timestamp, now: Timestamp) {
        self.state.logged_at = self.state.logged_at.max(Some(at));
        self.end_silence(at, now);
        self.show_silence(at);
    }

    /// Does what fell due until `until`, one thing after the other, each as of the time it was due; of silence only if
    /// `silent`.
    fn pass_time(&mut self, until: Timestamp, silent: bool) {
        loop {
            let due = |at: Option<Timestamp>| at.filter(|at| *at <= until);
            let confirmed = due(confirmed_at(self.state, self.rules));
            let further = due(silent_at(self.state, self.rules).filter(|_| silent));
            match (confirmed, further) {
                (Some(at), further) if further.is_none_or(|further| at <= further) => self.confirm(at),
                (_, Some(at)) => self.fall_silent(at),
                (_, None) => return,
            }
        }
    }

    /// Silence has gone further by `at`.
    fn fall_silent(&mut self, at: Timestamp) {
        let Some(quiet) = quiet(self.state, self.rules) else {
            return;
        };
        let Some(silence) = quiet.at(at).max(self.state.silence) else {
            return;
        };
        self.state.silence = Some(silence);
        let heard = match quiet.contact {
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
        self.open(AlertKind::MonitoringInterrupted, severity, at, since(heard));
        self.upgrade(AlertKind::MonitoringInterrupted, severity, at);
        if silence == Silence::ManualRequired {
            let known = heard.max(quiet.logged_at);
            self.open(AlertKind::MissedManualEntry, Severity::Warning, at, since(known));
        }
        self.show_silence(at);
    }

    /// Lets silence go back as far as what was heard at `at` makes it, if at all: what comes long after it was measured
    /// does not say that the sensor is there now.
    fn end_silence(&mut self, at: Timestamp, now: Timestamp) {
        let Some(known) = self.state.silence else { return };
        let left = quiet(self.state, self.rules).and_then(|quiet| quiet.at(now));
        if left >= Some(known) {
            return;
        }
        self.state.silence = left;
        if left < Some(Silence::ManualRequired) {
            self.resolve(AlertKind::MissedManualEntry, at);
        }
        if left.is_none() {
            self.resolve(AlertKind::MonitoringInterrupted, at);
        }
    }

    /// Lets the status tell of the silence, unless it has worse to tell: silence never hides what is out of range.
    fn show_silence(&mut self, at: Timestamp) {
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
        // A reading is evidence: it needs no second one, as the clock does.
        let confirmed = |excursion: Excursion| at >= excursion.since + self.rules.confirm;
        if self.state.status == UnitStatus::Excursion && self.state.excursion.is_some_and(confirmed) {
            self.confirm(at);
        }
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
            About {
                crossed: Some((temperature, side)),
                ..About::default()
            },
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
        self.state.recovery = 1;
        let silent = self.state.silence.map(Silence::status);
        self.enter(silent.unwrap_or(UnitStatus::Restoring), at);
        self.resolve(AlertKind::TempExcursion, at);
    }

    /// Judges what is known against rules and sensors that may have changed.
    fn judge_anew(&mut self, now: Timestamp) {
        self.ending = Ending::RulesChanged;
        match self.state.contact {
            None if self.rules.fitted => self.state.contact = Some(Contact::Fitted(now)),
            Some(Contact::Fitted(_)) if !self.rules.fitted => self.state.contact = None,
            _ => {}
        }
        self.end_silence(now, now);
        if let Some(LastReading { temperature, .. }) = self.state.last {
            match (self.rules.violation(temperature), self.state.excursion) {
                (Some(side), None) => self.out_of_range(temperature, side, now),
                (None, Some(_)) if self.rules.recovered(temperature) => self.begin_recovery(now),
                _ => {}
            }
        }
        if confirmed_at(self.state, self.rules).is_some_and(|due| due <= now) {
            self.confirm(now);
        }
        if silent_at(self.state, self.rules).is_some_and(|due| due <= now) {
            self.fall_silent(now);
        }
        self.show_silence(now);
    }

    fn confirm(&mut self, at: Timestamp) {
        self.enter(UnitStatus::AlarmActive, at);
        self.upgrade(AlertKind::TempExcursion, Severity::Critical, at);
    }

    fn enter(&mut self, to: UnitStatus, at: Timestamp) {
        let from = std::mem::replace(&mut self.state.status, to);
        self.state.status_since = at;
        self.changes.push(Change::StatusChanged { from, to, at });
    }

    fn open(&mut self, kind: AlertKind, severity: Severity, at: Timestamp, about: About) {
        if self.state.alert(kind).is_some() {
            return;
        }
        let About { since, crossed } = about;
        let alert = OpenAlert {
            number: self.state.episodes,
            kind,
            severity,
            opened_at: at,
            since,
            escalated_at: None,
            trigger: crossed.map(|(temperature, _)| temperature),
            worst: crossed.map(|(temperature, _)| temperature),
            limit: crossed.map(|(_, side)| self.rules.limit(side)),
            side: crossed.map(|(_, side)| side),
        };
        self.state.episodes = self.state.episodes.wrapping_add(1);
        let told = self.state.describe(self.rules, &alert, Telling::Opened, at);
        self.changes.push(Change::AlertOpened(told));
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
        let told = self.state.describe(self.rules, &alert, Telling::Upgraded, at);
        self.changes.push(Change::AlertUpgraded(told));
    }

    fn resolve(&mut self, kind: AlertKind, at: Timestamp) {
        if let Some(index) = self.state.alerts.iter().position(|alert| alert.kind == kind) {
            let alert = self.state.alerts.remove(index);
            // An alert that edited rules or the clock opened can be ended by a reading measured before that.
            let at = at.max(alert.escalated_at.unwrap_or(alert.opened_at));
            let telling = Telling::Resolved(self.ending);
            let told = self.state.describe(self.rules, &alert, telling, at);
            self.changes.push(Change::AlertResolved(told));
        }
    }
}

/// What an alert that opens is about, besides its kind.
#[derive(Default)]
struct About {
    /// When it began, if that was before.
    since: Option<Timestamp>,
    /// The temperature and the limit that it crossed.
    crossed: Option<(CentiCelsius, Side)>,
}

/// Whether `status` tells of nothing worse than silence.
const fn is_silent(status: UnitStatus) -> bool {
    matches!(
        status,
        UnitStatus::Offline | UnitStatus::MonitoringInterrupted | UnitStatus::ManualRequired
    )
}
