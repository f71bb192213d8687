//! Alarms of the library: what the engine's own rules do not ask.
//!
//! A condition is pending from the first reading that shows it. Once it has lasted, it opens an alert of its kind or makes
//! one worse, and when no alarm of that kind is pending any more the alert is over. What is asked about the same cause has the
//! same kind, so an emergency raises the alert that is open instead of opening one beside it.

use super::super::library::Needs;
use super::super::rules::Rules;
use super::super::{AlarmId, AlarmMemory, Condition, Contact, LastReading, OpenAlert, UnitState, UnitStatus};
use super::Step;
use super::alerts::{About, Reason};
use crate::alert::{AlertKind, Side};
use crate::measurement::{Battery, CentiCelsius, Door, TemperatureSample};
use crate::reading::Reading;
use crate::time::{Span, Timestamp};

/// At this temperature food is frozen: 28 °F (specification 2.9, the lower end of `freeze_thaw_cycle`).
const FROZEN: CentiCelsius = CentiCelsius(-222);
/// How far below the threshold a humidity, and above it a signal, must be for the alarm to be over.
const HUMIDITY_BAND: i32 = 3;
const SIGNAL_BAND: i32 = 5;
/// How many alerts of the library a unit has open at once: whoever has four of them needs no fifth to look at the unit, and
/// each is written with every reading.
const MOST_OPEN: usize = 4;

/// What a reading says of a condition.
enum Said {
    /// That it holds, and what was measured.
    Holds(i32),
    /// That it holds no more if it is to begin, and still does if it has been told.
    Between,
    /// That it does not hold.
    Not,
    /// Nothing.
    Nothing,
}

impl Said {
    /// Whether `value` is `threshold` or more; between, while it is not less than `clear`.
    const fn of(value: i32, threshold: i32, clear: i32) -> Self {
        if value >= threshold {
            Self::Holds(value)
        } else if value >= clear {
            Self::Between
        } else {
            Self::Not
        }
    }
}

/// What was known before a reading: what it tells again is not told anew.
#[derive(Clone, Copy)]
pub(super) struct Known {
    last: Option<LastReading>,
    door_since: Option<Timestamp>,
}

impl Known {
    pub(super) fn of(state: &UnitState) -> Self {
        Self {
            last: state.last,
            door_since: state.door.map(|door| door.since),
        }
    }
}

/// What a reading tells that alarms ask for.
struct Told {
    at: Timestamp,
    /// The temperature of the sensor that drives the unit, if it is the newest.
    temperature: Option<CentiCelsius>,
    /// By how much it rises an hour.
    rate: Option<i32>,
    /// How far another sensor's is from it.
    apart: Option<i32>,
    /// In percent, of the sensor that drives the unit.
    humidity: Option<i32>,
    /// The same in dBm.
    signal: Option<i32>,
    /// What the door was found to be by a contact whose word counts, and whether that is new.
    door: Option<(Door, bool)>,
}

/// What falls due by the clock.
#[derive(Clone, Copy)]
enum Falls {
    /// It has lasted: what is told of it.
    Lasted(i32),
    /// It is over.
    Over,
}

/// When the clock next makes an alarm of the library begin or end.
pub(super) fn due_at(state: &UnitState, rules: &Rules) -> Option<Timestamp> {
    falls_due(state, rules).map(|(at, ..)| at)
}

fn falls_due(state: &UnitState, rules: &Rules) -> Option<(Timestamp, AlarmId, Falls)> {
    let on = state.alarms.on(state.kind);
    on.filter_map(|alarm| {
        let (at, falls) = falls_due_of(state, rules, alarm)?;
        Some((at, alarm, falls))
    })
    .min_by_key(|(at, ..)| *at)
}

fn falls_due_of(state: &UnitState, rules: &Rules, alarm: AlarmId) -> Option<(Timestamp, Falls)> {
    let condition = alarm.definition().condition;
    let duration = state.alarms.duration(alarm);
    // What has been since then is told when it has lasted, of an alert that is there to be raised.
    let raised = |since: Timestamp, earliest: Timestamp| {
        let alert = raisable(state, alarm, None)?;
        let due = (since + duration).max(earliest).max(alert.opened_at);
        Some((due, Falls::Lasted(minutes(due.since(since)))))
    };
    // A single reading waits until the next report is overdue (ADR 6).
    let evident = |since: Timestamp, twice: bool| {
        if twice {
            since
        } else {
            since + rules.report_deadline()
        }
    };
    match condition {
        Condition::TemperatureAbove => {
            let pending = state.memory.pending(alarm)?;
            let since = pending.since.max(out_of_range_since(state)?);
            let (due, _) = raised(since, evident(since, pending.shown_twice))?;
            Some((due, Falls::Lasted(state.last?.temperature.0)))
        }
        Condition::OutOfRangeAfterDoor => {
            let (excursion, door) = (state.excursion?, state.door?);
            let earliest = evident(excursion.since, excursion.samples >= 2).max(excursion.since + duration);
            raised(door.since, earliest).filter(|_| door.door == Door::Closed)
        }
        Condition::DoorOpenFor => {
            let door = state.door.filter(|door| door.door == Door::Open)?;
            raised(door.since, door.since)
        }
        Condition::SilentFor => match state.contact? {
            Contact::Heard(at) | Contact::Learnt(at) => raised(at, at),
            Contact::Fitted(_) => None,
        },
        Condition::DoorUnmoved => {
            let door = state
                .door
                .filter(|_| may_open(state, AlertKind::DoorContactStuck))?;
            let earliest = state.memory.cooling_until(AlertKind::DoorContactStuck);
            let due = (door.since + duration).max(earliest.unwrap_or(door.since));
            Some((due, Falls::Lasted(minutes(due.since(door.since)))))
        }
        Condition::DoorCycling => {
            state.alert(AlertKind::DoorCycling)?;
            let until = state.memory.openings_count_until(duration)?;
            Some((until, Falls::Over))
        }
        Condition::RepeatedAlarm => {
            state.alert(AlertKind::RepeatedAlarm)?;
            let count = usize::try_from(state.alarms.threshold(alarm)).ok()?;
            let fewer = state.memory.alarms_fewer_at(count, duration)?;
            Some((fewer, Falls::Over))
        }
        _ => None,
    }
}

/// Since when the unit has been out of range, also while that was excused.
fn out_of_range_since(state: &UnitState) -> Option<Timestamp> {
    let excursion = state.excursion?;
    Some(excursion.excused_since.unwrap_or(excursion.since))
}

/// The alert that `alarm` would make worse, about the sensor in `slot` or about the unit.
fn raisable(state: &UnitState, alarm: AlarmId, slot: Option<u8>) -> Option<OpenAlert> {
    let condition = alarm.definition().condition;
    let kind = condition.alert()?;
    let severity = state.alarms.severity(alarm);
    let mut alerts = state.alerts.iter().copied();
    alerts.find(|alert| {
        alert.kind == kind
            && alert.slot == slot
            && alert.severity < severity
            // What is too cold is not above anything.
            && (condition != Condition::TemperatureAbove || alert.side == Some(Side::High))
    })
}

/// Whether the unit has no alert of `kind`, and few enough of the library to have another.
fn may_open(state: &UnitState, kind: AlertKind) -> bool {
    let own = |alert: &&OpenAlert| {
        alert
            .alarm
            .is_some_and(|(alarm, _)| !alarm.definition().condition.raises())
    };
    state.alert(kind).is_none() && state.alerts.iter().filter(own).count() < MOST_OPEN
}

fn minutes(span: Span) -> i32 {
    i32::try_from(span.as_minutes()).unwrap_or(i32::MAX)
}

/// What alarms that are on for the unit need to remember.
fn needs(state: &UnitState) -> Needs {
    let mut needs = Needs::default();
    for alarm in state.alarms.on(state.kind) {
        match alarm.definition().condition {
            Condition::Rising(_) => needs.trend = true,
            Condition::Oscillating => needs.swings = true,
            Condition::SensorsApart => needs.beside = true,
            Condition::DoorCycling => needs.openings = true,
            Condition::RepeatedAlarm => needs.alarms = true,
            Condition::Thawed => needs.frozen = true,
            _ => {}
        }
    }
    needs
}

impl Step<'_> {
    /// What `reading` says to alarms of the library. Whatever else it says is known by now.
    pub(super) fn ask_library(&mut self, reading: &Reading, before: Known) {
        let told = self.told_by(reading, before);
        for alarm in self.state.alarms.on(self.state.kind) {
            let at = told.at;
            match self.said(alarm, &told) {
                Said::Holds(value) => {
                    let mut since = self.state.memory.hold(alarm, at);
                    if alarm.definition().condition == Condition::TemperatureAbove {
                        // What is in range by the unit's own limits does not count against it.
                        since = since.max(out_of_range_since(self.state).unwrap_or(at));
                    }
                    if at >= since + self.lasting(alarm) {
                        self.alarm(alarm, since, at, value);
                    }
                }
                Said::Between => {
                    let kind = alarm.definition().condition.alert();
                    if kind.is_none_or(|kind| self.state.alert(kind).is_none()) {
                        self.let_go(alarm);
                    }
                }
                Said::Not => {
                    self.let_go(alarm);
                    self.end_alarm(alarm, at);
                }
                Said::Nothing => {}
            }
        }
    }

    fn told_by(&mut self, reading: &Reading, before: Known) -> Told {
        let (state, at) = (&mut *self.state, reading.recorded_at);
        let needs = needs(state);
        let valid = match reading.temperature {
            Some(TemperatureSample::Valid(temperature)) => Some(temperature),
            _ => None,
        };
        let drives = reading.drives_unit && state.seen_at == Some(at);
        let temperature = valid.filter(|_| state.last != before.last);
        let apart = if !needs.beside {
            None
        } else if let (Some(beside), false) = (valid, reading.drives_unit) {
            state.memory.beside(at, beside);
            let last = state.last;
            last.and_then(|last| state.memory.apart(last.recorded_at, last.temperature))
        } else {
            temperature.and_then(|temperature| state.memory.apart(at, temperature))
        };
        let rate = temperature
            .filter(|_| needs.trend)
            .and_then(|temperature| state.memory.rate(at, temperature));
        let door = state
            .door
            .filter(|door| reading.door == Some(door.door) && door.seen_at == at);
        Told {
            at,
            temperature,
            rate,
            apart,
            humidity: reading
                .humidity
                .filter(|_| drives)
                .map(|humidity| i32::from(humidity.basis_points() / 100)),
            signal: reading.rssi_dbm.filter(|_| drives).map(i32::from),
            door: door.map(|door| (door.door, before.door_since != Some(door.since))),
        }
    }

    fn said(&mut self, alarm: AlarmId, told: &Told) -> Said {
        let state = &mut *self.state;
        let threshold = state.alarms.threshold(alarm);
        let compared = |value: Option<i32>, clear: i32| {
            value.map_or(Said::Nothing, |value| Said::of(value, threshold, clear))
        };
        match alarm.definition().condition {
            Condition::TemperatureAbove => compared(told.temperature.map(|value| value.0), threshold),
            Condition::Rising(door) => {
                let as_asked = door.is_none_or(|door| state.door.is_some_and(|known| known.door == door));
                match (told.temperature, told.rate) {
                    (None, _) => Said::Nothing,
                    (Some(_), Some(rate)) if as_asked => Said::of(rate, threshold, threshold / 2),
                    (Some(_), _) => Said::Not,
                }
            }
            Condition::Oscillating => told.temperature.map_or(Said::Nothing, |temperature| {
                let within = state.alarms.duration(alarm);
                let turns = state.memory.turns(told.at, temperature, threshold, within);
                if AlarmMemory::oscillates(turns) {
                    Said::Holds(threshold)
                } else if turns > 0 {
                    Said::Between
                } else {
                    Said::Not
                }
            }),
            Condition::Thawed => told.temperature.map_or(Said::Nothing, |temperature| {
                let frozen = temperature <= FROZEN;
                match state.memory.frozen(frozen) {
                    true if frozen => Said::Not,
                    true => Said::of(temperature.0, threshold, FROZEN.0),
                    false => Said::Nothing,
                }
            }),
            Condition::HumidityAbove => compared(told.humidity, threshold - HUMIDITY_BAND),
            Condition::SensorsApart => compared(told.apart, threshold / 2),
            Condition::SignalBelow => told.signal.map_or(Said::Nothing, |signal| {
                match Said::of(-signal, -threshold, -threshold - SIGNAL_BAND) {
                    Said::Holds(_) => Said::Holds(signal),
                    other => other,
                }
            }),
            Condition::DoorCycling => match told.door {
                Some((Door::Open, true)) => {
                    let within = state.alarms.duration(alarm);
                    let count = state.memory.opened(told.at, within);
                    let count = i32::try_from(count).unwrap_or(i32::MAX);
                    if count > threshold {
                        Said::Holds(count)
                    } else {
                        Said::Nothing
                    }
                }
                _ => Said::Nothing,
            },
            Condition::DoorAfterHours => match told.door {
                Some((Door::Open, true)) => {
                    let closed = state
                        .alarms
                        .hours
                        .as_ref()
                        .and_then(|hours| hours.closed_at(told.at));
                    closed.map_or(Said::Nothing, |(_, time)| Said::Holds(i32::from(time.minutes())))
                }
                Some((Door::Closed, _)) => Said::Not,
                _ => Said::Nothing,
            },
            Condition::DoorUnmoved => match told.door {
                Some((_, true)) => Said::Not,
                _ => Said::Nothing,
            },
            _ => Said::Nothing,
        }
    }

    /// How long the condition of `alarm` must be pending. A pattern has been looked for in that time already.
    fn lasting(&self, alarm: AlarmId) -> Span {
        match alarm.definition().condition {
            Condition::Oscillating | Condition::DoorCycling | Condition::DoorAfterHours => Span::ZERO,
            _ => self.state.alarms.duration(alarm),
        }
    }

    fn let_go(&mut self, alarm: AlarmId) {
        self.state.memory.pending.retain(|pending| pending.alarm != alarm);
    }

    /// The condition of `alarm` has lasted from `since` until `at`, when `value` is measured.
    fn alarm(&mut self, alarm: AlarmId, since: Timestamp, at: Timestamp, value: i32) {
        if raisable(self.state, alarm, None).is_some() {
            return self.raise_by(alarm, None, at, value);
        }
        let condition = alarm.definition().condition;
        let Some(kind) = condition.alert().filter(|_| !condition.raises()) else {
            return;
        };
        let cools = self
            .state
            .memory
            .cooling_until(kind)
            .is_some_and(|until| at < until);
        if cools || !may_open(self.state, kind) {
            return;
        }
        let about = About {
            since: Some(since).filter(|since| *since < at),
            alarm: Some((alarm, value)),
            ..About::default()
        };
        self.open(kind, self.state.alarms.severity(alarm), at, about);
    }

    /// Makes the alert that `alarm` is about worse, if it is there and not as bad yet.
    fn raise_by(&mut self, alarm: AlarmId, slot: Option<u8>, at: Timestamp, value: i32) {
        let Some(alert) = raisable(self.state, alarm, slot) else {
            return;
        };
        let (kind, severity) = (alert.kind, self.state.alarms.severity(alarm));
        // Whatever somebody is woken for is an alarm, by whichever rule.
        if kind == AlertKind::TempExcursion
            && severity.is_alarm()
            && self.state.status == UnitStatus::Excursion
        {
            self.enter(UnitStatus::AlarmActive, at);
            self.count_alarm(at);
        }
        let reason = Reason::Alarm(alarm, value);
        self.worsen((kind, slot), severity, at.max(alert.opened_at), reason);
    }

    /// Ends the alert that `alarm` opened, unless another alarm of its kind still holds.
    fn end_alarm(&mut self, alarm: AlarmId, at: Timestamp) {
        let condition = alarm.definition().condition;
        let Some(kind) = condition.alert().filter(|_| !condition.raises()) else {
            return;
        };
        let of_kind = |alarm: AlarmId| alarm.definition().condition.alert() == Some(kind);
        let holds = self
            .state
            .memory
            .pending
            .iter()
            .any(|pending| of_kind(pending.alarm));
        if holds || self.state.alert(kind).is_none() {
            return;
        }
        let until = at + self.state.alarms.cooldown(alarm);
        self.resolve(kind, at);
        self.state.memory.cool(kind, at, until);
    }

    /// An alarm of the library falls due at `at`.
    pub(super) fn alarm_falls_due(&mut self, at: Timestamp) {
        match falls_due(self.state, self.rules) {
            Some((_, alarm, Falls::Lasted(value))) => {
                let since = self.state.door.map_or(at, |door| door.since);
                self.alarm(alarm, since, at, value);
            }
            Some((_, alarm, Falls::Over)) => {
                self.let_go(alarm);
                self.end_alarm(alarm, at);
            }
            None => {}
        }
    }

    /// The temperature of the unit is an alarm at `at`.
    pub(super) fn count_alarm(&mut self, at: Timestamp) {
        let mut on = self.state.alarms.on(self.state.kind);
        let repeated = |alarm: &AlarmId| alarm.definition().condition == Condition::RepeatedAlarm;
        let Some(alarm) = on.find(repeated) else { return };
        let within = self.state.alarms.duration(alarm);
        let count = self.state.memory.alarmed(at, within);
        let count = i32::try_from(count).unwrap_or(i32::MAX);
        if count >= self.state.alarms.threshold(alarm) {
            self.alarm(alarm, at, at, count);
        }
    }

    /// The battery of the sensor in `slot`, of which an alert is open, is at `charge`.
    pub(super) fn battery_alarm(&mut self, slot: u8, charge: Battery, at: Timestamp) {
        let Some(percent) = charge.percent.map(i32::from) else {
            return;
        };
        for alarm in self.state.alarms.on(self.state.kind) {
            if alarm.definition().condition == Condition::BatteryBelow
                && percent <= self.state.alarms.threshold(alarm)
            {
                self.raise_by(alarm, Some(slot), at, percent);
            }
        }
    }

    /// Nothing is known of the door any more.
    pub(super) fn forget_door_alarms(&mut self, at: Timestamp) {
        for kind in [AlertKind::DoorAfterHours, AlertKind::DoorContactStuck] {
            self.resolve(kind, at);
        }
    }

    /// Other alarms may be on, or the same with other figures.
    pub(super) fn library_anew(&mut self, now: Timestamp) {
        let on: Vec<AlarmId> = self.state.alarms.on(self.state.kind).collect();
        let needs = needs(self.state);
        self.state.memory.keep(needs, |alarm| on.contains(&alarm));
        if self.state.door.is_none() {
            self.forget_door_alarms(now);
        }
        let kinds: Vec<AlertKind> = self.state.alerts.iter().map(|alert| alert.kind).collect();
        for kind in kinds {
            let mut library = AlarmId::all().map(|alarm| alarm.definition().condition);
            let opens = |condition: Condition| condition.alert() == Some(kind) && !condition.raises();
            let judged = on.iter().any(|alarm| opens(alarm.definition().condition));
            if !judged
                && library.any(|condition| opens(condition) && !matches!(condition, Condition::BuiltIn(_)))
            {
                self.resolve(kind, now);
            }
        }
        let Some(LastReading { temperature, .. }) = self.state.last else {
            return;
        };
        for alarm in on {
            if alarm.definition().condition == Condition::TemperatureAbove {
                if temperature.0 >= self.state.alarms.threshold(alarm) {
                    if self.state.memory.pending(alarm).is_none() {
                        self.state.memory.hold(alarm, now);
                    }
                } else {
                    self.let_go(alarm);
                }
            }
        }
    }
}
