//! What happens to a unit, told in steps.

use crate::support::{START, fridge, reading, sensor};
use freshtrack_domain::alert::{Alert, AlertKind, Severity};
use freshtrack_domain::measurement::{Battery, CentiCelsius, Door, Humidity, TemperatureSample};
use freshtrack_domain::place::{Level, OpeningHours};
use freshtrack_domain::reading::{FrameCounter, Origin, Reading};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{
    AlarmId, AlarmSettings, AlarmValues, Change, EffectiveAlarm, Overrides, Quiet, SiteHours, Sources,
    UnitKind, UnitRecord, UnitStatus,
};

/// One thing that happens to the unit.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// The driving sensor measured degrees Fahrenheit at a minute.
    Read(f64, f64),
    /// The same in a radio frame: minute, degrees Fahrenheit, counter, session.
    Frame(f64, f64, u32, u32),
    /// The driving sensor's probe measured.
    Probe(f64, f64),
    /// The driving sensor looked for its probe, found none, and sent its own temperature.
    NoProbe(f64, f64),
    /// Another sensor of the unit measured.
    Beside(f64, f64),
    /// A door contact, which measures no temperature.
    Contact(f64, Door),
    /// Another door contact of the unit.
    SecondContact(f64, Door),
    /// The driving sensor sent what cannot be read.
    Unreadable(f64),
    /// The driving sensor measured 38 °F and told how much is left of its battery, in percent.
    Charge(f64, u8),
    /// The same in millivolts.
    Volts(f64, u16),
    /// A sensor beside it told how much is left of its battery, in percent.
    ChargeBeside(f64, u8),
    /// Someone took the sensor in this place away, that does not drive the unit.
    TakeAway(f64, usize),
    /// Someone set rules.
    Set(f64, &'static Overrides),
    /// Someone had alerts of these kinds held back between two minutes.
    HoldBack(f64, f64, f64, &'static [AlertKind]),
    /// Someone had them held back no more.
    Lift(f64),
    /// Someone said that the calibration of the driving sensor expires after so many days, or never.
    Calibrate(f64, Option<u32>),
    /// The driving sensor measured degrees Fahrenheit at the first minute; it was received at the second.
    Received(f64, f64, f64),
    /// The driving sensor answered with a humidity alone.
    Answer(f64),
    /// Somebody logged degrees Fahrenheit by hand.
    Log(f64, f64),
    /// The clock.
    Tick(f64),
    /// Someone set both limits, in degrees Fahrenheit.
    Limits(f64, f64, f64),
    /// Someone fitted a sensor that reports every so many minutes, or set that of the one that is fitted.
    Fit(f64, u32),
    /// Someone took the sensor away.
    Remove(f64),
    /// Someone had the unit judged no more, or judged again.
    Active(f64, bool),
    /// Someone switched on these alarms of the library, and all others off.
    Alarms(f64, &'static [&'static str]),
    /// The driving sensor measured 38 °F and a relative humidity in percent.
    Humid(f64, f64),
    /// The driving sensor measured 38 °F and was heard at so many dBm.
    Heard(f64, i16),
}

/// Where the unit must stand after a step: status, open alerts that are not held back, readings in its log.
pub(crate) type Expected = (UnitStatus, &'static [(AlertKind, Severity)], usize);

pub(crate) const CALM: &[(AlertKind, Severity)] = &[];
pub(crate) const WARNED: &[(AlertKind, Severity)] = &[(AlertKind::TempExcursion, Severity::Warning)];
pub(crate) const ALARMED: &[(AlertKind, Severity)] = &[(AlertKind::TempExcursion, Severity::Critical)];
pub(crate) const FAULTY: &[(AlertKind, Severity)] = &[(AlertKind::SensorFault, Severity::Critical)];
pub(crate) const WARNED_AND_FAULTY: &[(AlertKind, Severity)] = &[
    (AlertKind::TempExcursion, Severity::Warning),
    (AlertKind::SensorFault, Severity::Critical),
];

pub(crate) const SILENT: &[(AlertKind, Severity)] = &[(AlertKind::MonitoringInterrupted, Severity::Warning)];
pub(crate) const INTERRUPTED: &[(AlertKind, Severity)] =
    &[(AlertKind::MonitoringInterrupted, Severity::Critical)];
pub(crate) const LOG_DUE: &[(AlertKind, Severity)] = &[
    (AlertKind::MonitoringInterrupted, Severity::Critical),
    (AlertKind::MissedManualEntry, Severity::Warning),
];
pub(crate) const LOG_DUE_FOR_A_DAY: &[(AlertKind, Severity)] = &[
    (AlertKind::MonitoringInterrupted, Severity::Emergency),
    (AlertKind::MissedManualEntry, Severity::Warning),
];
pub(crate) const WARNED_AND_SILENT: &[(AlertKind, Severity)] = &[
    (AlertKind::TempExcursion, Severity::Warning),
    (AlertKind::MonitoringInterrupted, Severity::Warning),
];
pub(crate) const ALARMED_AND_SILENT: &[(AlertKind, Severity)] = &[
    (AlertKind::TempExcursion, Severity::Critical),
    (AlertKind::MonitoringInterrupted, Severity::Warning),
];
pub(crate) const ALARMED_AND_INTERRUPTED: &[(AlertKind, Severity)] = &[
    (AlertKind::TempExcursion, Severity::Critical),
    (AlertKind::MonitoringInterrupted, Severity::Critical),
];

/// What a sensor with no probe sends: 327.67 °C.
pub(crate) const NO_PROBE_MARKER: f64 = 621.8;

pub(crate) struct Scenario {
    name: &'static str,
    overrides: Overrides,
    steps: &'static [(Step, Expected)],
}

impl Scenario {
    pub(crate) const fn new(name: &'static str, steps: &'static [(Step, Expected)]) -> Self {
        Self {
            name,
            overrides: NOTHING_SET,
            steps,
        }
    }

    /// The unit's sensor reports every ten minutes.
    pub(crate) const fn every_ten_minutes(mut self) -> Self {
        self.overrides.report_interval = Some(Span::minutes(10));
        self
    }

    /// Somebody set rules.
    pub(crate) const fn with(mut self, overrides: Overrides) -> Self {
        self.overrides = overrides;
        self
    }
}

/// The scenarios of specification 13.3 are told for its standard of ten minutes, whatever the kind of unit.
pub(crate) const NOTHING_SET: Overrides = Overrides {
    low: None,
    high: None,
    hysteresis: None,
    confirm: Some(Span::minutes(10)),
    confirm_door_open: None,
    max_excursion: None,
    door_warning: None,
    door_critical: None,
    door_mask: None,
    door_interval: None,
    report_interval: None,
    offline_percent: None,
    offline_additional: None,
    offline_warning: None,
    offline_critical: None,
    manual_missed: None,
    manual_interval: None,
    manual_grace: None,
    legal: None,
    exposure_window: None,
    exposure_limit: None,
    sources: Sources::STANDARD,
};

/// What a unit of `kind` keeps when these alarms of the library are on and no others; those after hours are for a site in
/// Vienna that is open from eight to six on every day but Sunday.
pub(crate) fn alarms(kind: UnitKind, slugs: &[&str]) -> AlarmSettings {
    let switched = |alarm: AlarmId| AlarmValues {
        enabled: Some(slugs.contains(&alarm.definition().slug)),
        ..AlarmValues::default()
    };
    let alarms: Vec<EffectiveAlarm> = AlarmId::all()
        .map(|alarm| EffectiveAlarm::merge(alarm, &[(Level::Site, switched(alarm))]))
        .collect();
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
    let hours = days.map(|day| serde_json::json!({ "day": day, "opens": "08:00", "closes": "18:00" }));
    let hours: OpeningHours = serde_json::from_value(hours.into()).expect("opening hours");
    AlarmSettings::of(kind, &alarms, SiteHours::of("Europe/Vienna", &hours))
}

pub(crate) fn apply(record: &mut UnitRecord, step: Step, changes: &mut Vec<Change>) {
    let (now, reading) = match step {
        Step::Tick(at) => return record.judge(minute(at), changes),
        Step::Limits(at, low, high) => {
            record.state.overrides.low = CentiCelsius::from_fahrenheit(low);
            record.state.overrides.high = CentiCelsius::from_fahrenheit(high);
            return record.judge_anew(minute(at), changes);
        }
        Step::Fit(at, minutes) => {
            record.state.overrides.report_interval = Some(Span::minutes(minutes));
            return record.judge_anew(minute(at), changes);
        }
        Step::Remove(at) => {
            record.state.overrides.report_interval = None;
            return record.judge_anew(minute(at), changes);
        }
        Step::Active(at, active) => {
            record.state.active = active;
            return record.judge_anew(minute(at), changes);
        }
        Step::Alarms(at, slugs) => {
            record.state.alarms = alarms(record.state.kind, slugs);
            return record.judge_anew(minute(at), changes);
        }
        Step::Set(at, overrides) => {
            record.state.overrides = *overrides;
            return record.judge_anew(minute(at), changes);
        }
        Step::HoldBack(at, from, until, kinds) => {
            record.state.quiet.push(Quiet {
                kinds: kinds.iter().copied().collect(),
                from: minute(from),
                until: minute(until),
            });
            return record.judge_anew(minute(at), changes);
        }
        Step::Lift(at) => {
            record.state.quiet.clear();
            return record.judge_anew(minute(at), changes);
        }
        Step::Calibrate(at, days) => {
            let expires = |days: u32| minute(at) + Span::hours(24 * days);
            record.state.calibrated_until = days.map(expires);
            return record.judge_anew(minute(at), changes);
        }
        Step::TakeAway(at, place) => {
            record.state.sensors[place].gone = true;
            return record.judge_anew(minute(at), changes);
        }
        Step::Unreadable(at) => return record.unreadable(minute(at), minute(at), changes),
        Step::Charge(at, percent) => (at, charged(measured(at, 38.0), Some(percent), None)),
        Step::Volts(at, millivolts) => (at, charged(measured(at, 38.0), None, Some(millivolts))),
        Step::ChargeBeside(at, percent) => (
            at,
            Reading {
                sensor_id: sensor(1),
                drives_unit: false,
                ..charged(measured(at, 38.0), Some(percent), None)
            },
        ),
        Step::SecondContact(at, door) => (at, contact(3, at, door)),
        Step::Read(at, degrees) => (at, measured(at, degrees)),
        Step::Frame(at, degrees, count, session) => (
            at,
            Reading {
                frame: Some(FrameCounter { count, session }),
                ..measured(at, degrees)
            },
        ),
        Step::Probe(at, degrees) => (
            at,
            Reading {
                from_probe: true,
                ..measured(at, degrees)
            },
        ),
        Step::NoProbe(at, degrees) => (
            at,
            Reading {
                probe_missing: true,
                ..measured(at, degrees)
            },
        ),
        Step::Beside(at, degrees) => (
            at,
            Reading {
                sensor_id: sensor(1),
                drives_unit: false,
                ..measured(at, degrees)
            },
        ),
        Step::Contact(at, door) => (at, contact(2, at, door)),
        Step::Received(at, degrees, now) => (now, measured(at, degrees)),
        Step::Answer(at) => (
            at,
            Reading {
                humidity: Humidity::from_percent(60.0),
                ..reading(minute(at), None)
            },
        ),
        Step::Humid(at, percent) => (
            at,
            Reading {
                humidity: Humidity::from_percent(percent),
                ..measured(at, 38.0)
            },
        ),
        Step::Heard(at, rssi_dbm) => (
            at,
            Reading {
                rssi_dbm: Some(rssi_dbm),
                ..measured(at, 38.0)
            },
        ),
        Step::Log(at, degrees) => (
            at,
            Reading {
                sensor_id: sensor(4),
                origin: Origin::Manual,
                ..measured(at, degrees)
            },
        ),
    };
    record.take(&reading, minute(now), changes);
}

/// The instant `minutes` after minute zero, to the second.
pub(crate) fn minute(minutes: f64) -> Timestamp {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "tests count minutes in hours, not in ages"
    )]
    let millis = (minutes * 60.0).round() as i64 * 1_000;
    Timestamp::from_millis(START.as_millis() + millis)
}

/// What a sensor's element at `degrees` Fahrenheit gives, plausible or not.
fn fahrenheit(degrees: f64) -> TemperatureSample {
    TemperatureSample::judge(CentiCelsius::from_fahrenheit(degrees).expect("a finite temperature"))
}

pub(crate) fn measured(at: f64, degrees: f64) -> Reading {
    reading(minute(at), Some(fahrenheit(degrees)))
}

fn contact(number: u8, at: f64, door: Door) -> Reading {
    Reading {
        sensor_id: sensor(number),
        door: Some(door),
        drives_unit: false,
        ..reading(minute(at), None)
    }
}

fn charged(reading: Reading, percent: Option<u8>, millivolts: Option<u16>) -> Reading {
    let battery = Some(Battery { millivolts, percent });
    Reading { battery, ..reading }
}

/// The alerts that `changes` tell of, in order.
pub(crate) fn told(changes: &[Change]) -> Vec<&Alert> {
    let mut alerts = Vec::new();
    for change in changes {
        if let Change::AlertOpened(alert) | Change::AlertUpgraded(alert) | Change::AlertResolved(alert) =
            change
        {
            alerts.push(alert);
        }
    }
    alerts
}

/// Their sentences.
pub(crate) fn sentences(changes: &[Change]) -> Vec<&str> {
    let alerts = told(changes).into_iter();
    alerts.map(|alert| alert.explanation.as_str()).collect()
}

pub(crate) fn play(steps: &[Step]) -> (UnitRecord, Vec<Change>) {
    let mut record = fridge(minute(-60.0));
    let mut changes = Vec::new();
    for step in steps {
        apply(&mut record, *step, &mut changes);
    }
    (record, changes)
}

/// Lets every scenario happen and looks at the unit after each step.
pub(crate) fn every(scenarios: &[Scenario]) {
    for scenario in scenarios {
        let mut record = fridge(minute(-60.0));
        record.state.overrides = scenario.overrides;
        for (number, (step, expected)) in scenario.steps.iter().enumerate() {
            apply(&mut record, *step, &mut Vec::new());
            let alerts: Vec<_> = record
                .state
                .alerts
                .iter()
                .filter(|alert| !alert.held)
                .map(|alert| (alert.kind, alert.severity))
                .collect();
            let (status, open, logged) = *expected;
            assert_eq!(
                (
                    record.state.status,
                    alerts.as_slice(),
                    record.head.entries().len()
                ),
                (status, open, logged),
                "{}, step {}: {step:?}",
                scenario.name,
                number + 1
            );
        }
    }
}
