//! The engine by table: what a unit makes of readings, silence and edited rules (specification 13.3 and 2.5).

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use UnitStatus::{AlarmActive, Excursion, Ok, Pending, Restoring};
use freshtrack_domain::alert::{AlertKind, AlertStatus, Severity, Side};
use freshtrack_domain::measurement::{CentiCelsius, Door, Humidity, TemperatureSample};
use freshtrack_domain::reading::{FrameCounter, Reading};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{Admission, Change, Overrides, UnitRecord, UnitStatus};
use support::{START, fridge, reading, sensor};

/// One thing that happens to the unit.
#[derive(Debug, Clone, Copy)]
enum Step {
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
    /// Measured at the first minute, received at the second: 38 °F.
    Received(f64, f64),
    /// The clock.
    Tick(f64),
    /// Someone set both limits, in degrees Fahrenheit.
    Limits(f64, f64, f64),
}

/// Where the unit must stand after a step: status, open alerts, readings in its log.
type Expected = (UnitStatus, &'static [(AlertKind, Severity)], usize);

const CALM: &[(AlertKind, Severity)] = &[];
const WARNED: &[(AlertKind, Severity)] = &[(AlertKind::TempExcursion, Severity::Warning)];
const ALARMED: &[(AlertKind, Severity)] = &[(AlertKind::TempExcursion, Severity::Critical)];
const FAULTY: &[(AlertKind, Severity)] = &[(AlertKind::SensorFault, Severity::Critical)];
const WARNED_AND_FAULTY: &[(AlertKind, Severity)] = &[
    (AlertKind::TempExcursion, Severity::Warning),
    (AlertKind::SensorFault, Severity::Critical),
];

/// What a sensor with no probe sends: 327.67 °C.
const NO_PROBE_MARKER: f64 = 621.8;

struct Scenario {
    name: &'static str,
    overrides: Overrides,
    steps: &'static [(Step, Expected)],
}

impl Scenario {
    const fn new(name: &'static str, steps: &'static [(Step, Expected)]) -> Self {
        Self {
            name,
            overrides: NOTHING_SET,
            steps,
        }
    }

    /// The unit's sensor reports every ten minutes.
    const fn every_ten_minutes(mut self) -> Self {
        self.overrides.report_interval = Some(Span::minutes(10));
        self
    }
}

const NOTHING_SET: Overrides = Overrides {
    low: None,
    high: None,
    hysteresis: None,
    confirm: None,
    report_interval: None,
};

fn apply(record: &mut UnitRecord, step: Step, changes: &mut Vec<Change>) {
    let (now, reading) = match step {
        Step::Tick(at) => return record.judge(minute(at), changes),
        Step::Limits(at, low, high) => {
            record.state.overrides.low = CentiCelsius::from_fahrenheit(low);
            record.state.overrides.high = CentiCelsius::from_fahrenheit(high);
            return record.judge(minute(at), changes);
        }
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
        Step::Contact(at, door) => (
            at,
            Reading {
                sensor_id: sensor(2),
                door: Some(door),
                ..reading(minute(at), None)
            },
        ),
        Step::Received(at, now) => (now, measured(at, 38.0)),
    };
    record.take(&reading, minute(now), changes);
}

/// The instant `minutes` after minute zero, to the second.
fn minute(minutes: f64) -> Timestamp {
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

fn measured(at: f64, degrees: f64) -> Reading {
    reading(minute(at), Some(fahrenheit(degrees)))
}

fn play(steps: &[Step]) -> (UnitRecord, Vec<Change>) {
    let mut record = fridge(minute(-60.0));
    let mut changes = Vec::new();
    for step in steps {
        apply(&mut record, *step, &mut changes);
    }
    (record, changes)
}

#[test]
fn every_scenario_goes_as_specified() {
    for scenario in scenarios() {
        let mut record = fridge(minute(-60.0));
        record.state.overrides = scenario.overrides;
        for (number, (step, expected)) in scenario.steps.iter().enumerate() {
            apply(&mut record, *step, &mut Vec::new());
            let alerts: Vec<_> = record
                .state
                .alerts
                .iter()
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

#[rustfmt::skip]
fn scenarios() -> Vec<Scenario> {
    use Step::{Beside, Contact, Frame, Limits, NoProbe, Probe, Read, Received, Tick};
    vec![
        Scenario::new("1: out of range for the confirm time is an alarm", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(5.0, 45.0), (Excursion, WARNED, 2)),
            (Read(10.0, 45.0), (AlarmActive, ALARMED, 3)),
            (Read(15.0, 45.0), (AlarmActive, ALARMED, 4)),
        ]),
        Scenario::new("2: within the hysteresis an excursion goes on", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(5.0, 40.5), (Excursion, WARNED, 2)),
            (Read(10.0, 40.5), (AlarmActive, ALARMED, 3)),
        ]),
        Scenario::new("3: two good readings end a recovery", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(5.0, 39.9), (Restoring, CALM, 2)),
            (Read(10.0, 39.0), (Ok, CALM, 3)),
        ]),
        Scenario::new("10: the first reading of a unit settles its status", &[
            (Tick(0.0), (Pending, CALM, 0)),
            (Read(1.0, 38.0), (Ok, CALM, 1)),
        ]),
        Scenario::new("11: an impossible value is a fault and moves no temperature state", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Read(5.0, NO_PROBE_MARKER), (Ok, FAULTY, 2)),
            (Read(10.0, NO_PROBE_MARKER), (Ok, FAULTY, 3)),
            (Read(15.0, 38.0), (Ok, CALM, 4)),
        ]),
        Scenario::new("11: a fault during an excursion stops neither the excursion nor its clock", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(5.0, NO_PROBE_MARKER), (Excursion, WARNED_AND_FAULTY, 2)),
            (Read(9.0, 45.0), (Excursion, WARNED, 3)),
            (Tick(10.0), (AlarmActive, ALARMED, 3)),
        ]),
        Scenario::new("13: a reading older than the newest is stored and moves nothing", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Read(10.0, 38.0), (Ok, CALM, 2)),
            (Read(5.0, 60.0), (Ok, CALM, 3)),
        ]),
        Scenario::new("13: nor does an older good one end an excursion", &[
            (Read(10.0, 45.0), (Excursion, WARNED, 1)),
            (Read(5.0, 38.0), (Excursion, WARNED, 2)),
        ]),
        Scenario::new("14: a frame counts once, through however many gateways it comes", &[
            (Frame(0.0, 45.0, 7, 1), (Excursion, WARNED, 1)),
            (Frame(0.0, 45.0, 7, 1), (Excursion, WARNED, 1)),
            (Frame(11.0, 45.0, 7, 1), (Excursion, WARNED, 1)),
        ]),
        Scenario::new("14: without a frame, sensor and second tell readings apart", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Read(0.0, 45.0), (Ok, CALM, 1)),
            (Beside(0.0, 45.0), (Ok, CALM, 2)),
        ]),
        Scenario::new("17: limits edited so that the value is in range begin a recovery", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Limits(2.0, 33.0, 50.0), (Restoring, CALM, 1)),
            (Read(5.0, 45.0), (Ok, CALM, 2)),
        ]),
        Scenario::new("17: also out of an alarm", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(10.0, 45.0), (AlarmActive, ALARMED, 2)),
            (Limits(12.0, 33.0, 50.0), (Restoring, CALM, 2)),
        ]),
        Scenario::new("limits edited so that the value is out of range begin an excursion", &[
            (Read(0.0, 40.0), (Ok, CALM, 1)),
            (Limits(2.0, 33.0, 38.0), (Excursion, WARNED, 1)),
            (Tick(11.0), (Excursion, WARNED, 1)),
            (Tick(12.0), (AlarmActive, ALARMED, 1)),
        ]),
        Scenario::new("2.5, 1: a range narrower than twice the hysteresis can be recovered into", &[
            (Limits(0.0, 38.0, 39.0), (Pending, CALM, 0)),
            (Read(1.0, 45.0), (Excursion, WARNED, 1)),
            (Read(6.0, 38.5), (Restoring, CALM, 2)),
            (Read(11.0, 38.5), (Ok, CALM, 3)),
        ]),
        Scenario::new("2.5, 2: with the low limit out of reach only the high side matters", &[
            (Limits(0.0, -100.0, 41.0), (Pending, CALM, 0)),
            (Read(1.0, -60.0), (Ok, CALM, 1)),
            (Read(6.0, 41.5), (Excursion, WARNED, 2)),
        ]),
        Scenario::new("too cold is out of range too", &[
            (Read(0.0, 32.0), (Excursion, WARNED, 1)),
            (Read(5.0, 33.5), (Excursion, WARNED, 2)),
            (Read(9.0, 34.1), (Restoring, CALM, 3)),
        ]),
        Scenario::new("the limits themselves are in range", &[
            (Read(0.0, 41.0), (Ok, CALM, 1)),
            (Read(5.0, 33.0), (Ok, CALM, 2)),
        ]),
        Scenario::new("2.5, 10: a reading from the future is refused, one from a slightly fast clock is not", &[
            (Received(5.0, 0.0), (Ok, CALM, 1)),
            (Received(6.0, 0.9), (Ok, CALM, 1)),
            (Received(6.0, 1.0), (Ok, CALM, 2)),
        ]),
        Scenario::new("a recovery that is broken begins a new excursion with its own clock", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(5.0, 39.0), (Restoring, CALM, 2)),
            (Read(10.0, 45.0), (Excursion, WARNED, 3)),
            (Tick(19.9), (Excursion, WARNED, 3)),
            (Tick(20.0), (AlarmActive, ALARMED, 3)),
        ]),
        Scenario::new("a recovery counts good readings in a row", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(5.0, 39.0), (Restoring, CALM, 2)),
            (Read(10.0, 40.5), (Restoring, CALM, 3)),
            (Read(15.0, 39.0), (Restoring, CALM, 4)),
            (Read(20.0, 39.0), (Ok, CALM, 5)),
        ]),
        Scenario::new("the clock alone ends no recovery", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(5.0, 39.0), (Restoring, CALM, 2)),
            (Tick(60.0), (Restoring, CALM, 2)),
        ]),
        Scenario::new("the clock confirms an excursion when the sensor falls silent", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(5.0, 45.0), (Excursion, WARNED, 2)),
            (Tick(9.99), (Excursion, WARNED, 2)),
            (Tick(10.0), (AlarmActive, ALARMED, 2)),
            (Tick(11.0), (AlarmActive, ALARMED, 2)),
        ]),
        // 10 min, 10 % for the sensor's clock, 30 s for the network.
        Scenario::new("a lone reading waits until the next report is overdue", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Tick(10.0), (Excursion, WARNED, 1)),
            (Tick(11.49), (Excursion, WARNED, 1)),
            (Tick(11.5), (AlarmActive, ALARMED, 1)),
        ]).every_ten_minutes(),
        Scenario::new("and the report that comes in time decides: it was only a door", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Tick(10.0), (Excursion, WARNED, 1)),
            (Read(10.2, 38.0), (Restoring, CALM, 2)),
        ]).every_ten_minutes(),
        Scenario::new("or confirms it at once", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(10.2, 45.0), (AlarmActive, ALARMED, 2)),
        ]).every_ten_minutes(),
        Scenario::new("a counter that starts anew, in a new session or silently, loses no reading", &[
            (Frame(0.0, 38.0, 500, 1), (Ok, CALM, 1)),
            (Frame(5.0, 38.0, 0, 2), (Ok, CALM, 2)),
            (Frame(10.0, 45.0, 1, 2), (Excursion, WARNED, 3)),
            (Frame(15.0, 38.0, 0, 2), (Restoring, CALM, 4)),
            (Frame(20.0, 38.0, 1, 2), (Ok, CALM, 5)),
            (Frame(20.0, 38.0, 1, 2), (Ok, CALM, 5)),
        ]),
        Scenario::new("a late frame of the session is stored, its repetition is not", &[
            (Frame(0.0, 38.0, 10, 1), (Ok, CALM, 1)),
            (Frame(10.0, 38.0, 12, 1), (Ok, CALM, 2)),
            (Frame(5.0, 45.0, 11, 1), (Ok, CALM, 3)),
            (Frame(5.0, 45.0, 11, 1), (Ok, CALM, 3)),
            (Frame(7.0, 45.0, 11, 1), (Ok, CALM, 3)),
        ]),
        Scenario::new("the loss of a probe is a fault, never a silent change to the air around the sensor", &[
            (Probe(0.0, 38.0), (Ok, CALM, 1)),
            (NoProbe(5.0, 72.0), (Ok, FAULTY, 2)),
            (NoProbe(10.0, 38.0), (Ok, FAULTY, 3)),
            (Probe(15.0, 38.0), (Ok, CALM, 4)),
        ]),
        Scenario::new("a sensor that never had a probe is judged by its own element", &[
            (NoProbe(0.0, 38.0), (Ok, CALM, 1)),
            (NoProbe(5.0, 45.0), (Excursion, WARNED, 2)),
        ]),
        Scenario::new("a valid reading from before a fault does not end the fault", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Read(10.0, NO_PROBE_MARKER), (Ok, FAULTY, 2)),
            (Read(5.0, 38.0), (Ok, FAULTY, 3)),
            (Read(15.0, 38.0), (Ok, CALM, 4)),
        ]),
        Scenario::new("a sensor that does not drive the unit judges nothing", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Beside(5.0, 60.0), (Ok, CALM, 2)),
            (Beside(10.0, NO_PROBE_MARKER), (Ok, CALM, 3)),
        ]),
        Scenario::new("a door contact says nothing of the temperature", &[
            (Contact(0.0, Door::Open), (Pending, CALM, 1)),
            (Read(1.0, 45.0), (Excursion, WARNED, 2)),
            (Contact(2.0, Door::Closed), (Excursion, WARNED, 3)),
        ]),
    ]
}

#[test]
fn an_excursion_is_one_alert_that_is_opened_upgraded_and_resolved() {
    let (record, changes) = play(&[
        Step::Read(0.0, 45.0),
        Step::Read(5.0, 47.0),
        Step::Read(10.0, 46.0),
        Step::Read(15.0, 46.0),
        Step::Read(20.0, 38.0),
    ]);
    let [
        Change::StatusChanged {
            from: Pending,
            to: Excursion,
            ..
        },
        Change::AlertOpened(opened),
        Change::StatusChanged {
            from: Excursion,
            to: AlarmActive,
            at: confirmed,
        },
        Change::AlertUpgraded(upgraded),
        Change::StatusChanged {
            from: AlarmActive,
            to: Restoring,
            ..
        },
        Change::AlertResolved(resolved),
    ] = changes.as_slice()
    else {
        panic!("other changes than expected: {changes:#?}");
    };
    assert_eq!(*confirmed, minute(10.0));
    assert_eq!((opened.id, upgraded.id), (resolved.id, resolved.id));
    assert_eq!(
        (opened.severity, upgraded.severity),
        (Severity::Warning, Severity::Critical)
    );
    assert_eq!(
        (opened.opened_at, upgraded.escalated_at),
        (minute(0.0), Some(minute(10.0)))
    );
    assert_eq!(
        (resolved.resolved_at, resolved.status),
        (Some(minute(20.0)), AlertStatus::Resolved)
    );
    assert_eq!(
        (resolved.trigger, resolved.worst),
        (Some(CentiCelsius(722)), Some(CentiCelsius(833)))
    );
    assert_eq!(
        (resolved.limit, resolved.side),
        (Some(CentiCelsius(500)), Some(Side::High))
    );
    assert_eq!(
        opened.explanation,
        "7.2 °C is above the limit of 5.0 °C (41.0 °F)."
    );
    assert_eq!(
        upgraded.explanation,
        "Above the limit of 5.0 °C (41.0 °F) for 10 min; the worst was 8.3 °C."
    );
    assert_eq!(
        resolved.explanation,
        "Back in range after 20 min above 5.0 °C (41.0 °F); the worst was 8.3 °C."
    );
    assert!(record.state.alerts.is_empty());
}

#[test]
fn an_alert_keeps_the_limit_that_was_crossed_though_it_is_edited_meanwhile() {
    let (record, _) = play(&[
        Step::Read(0.0, 45.0),
        Step::Limits(1.0, 33.0, 42.0),
        Step::Read(5.0, 45.0),
    ]);
    assert_eq!(record.state.alerts[0].limit, Some(CentiCelsius(500)));
}

#[test]
fn the_coldest_is_the_worst_of_a_unit_that_is_too_cold() {
    let (record, _) = play(&[
        Step::Read(0.0, 30.2),
        Step::Read(5.0, 23.0),
        Step::Read(8.0, 28.4),
    ]);
    assert_eq!(record.state.alerts[0].worst, Some(CentiCelsius(-500)));
}

#[test]
fn an_alert_is_the_same_whoever_judges_the_same_readings() {
    let steps = [
        Step::Read(0.0, 45.0),
        Step::Read(5.0, 38.0),
        Step::Read(10.0, 38.0),
        Step::Read(15.0, 45.0),
    ];
    let ids = |changes: &[Change]| -> Vec<_> {
        let opened = |change: &Change| match change {
            Change::AlertOpened(alert) => Some(alert.id),
            _ => None,
        };
        changes.iter().filter_map(opened).collect()
    };
    let (first, again) = (ids(&play(&steps).1), ids(&play(&steps).1));
    assert_eq!(first, again);
    assert_eq!(first.len(), 2);
    assert_ne!(first[0], first[1]);
}

#[test]
fn an_alert_never_ends_before_it_began() {
    let (_, changes) = play(&[
        Step::Read(0.0, 40.0),
        Step::Limits(12.0, 33.0, 38.0),
        Step::Read(10.0, 35.0),
    ]);
    let Some(Change::AlertResolved(alert)) = changes.last() else {
        panic!("not resolved: {changes:#?}")
    };
    assert_eq!(
        (alert.opened_at, alert.resolved_at),
        (minute(12.0), Some(minute(12.0)))
    );
}

#[test]
fn the_clock_is_asked_for_only_while_it_can_change_something() {
    let mut record = fridge(minute(0.0));
    let mut due = |step| {
        apply(&mut record, step, &mut Vec::new());
        record.next_due()
    };
    assert_eq!(due(Step::Read(0.0, 38.0)), None);
    assert_eq!(due(Step::Read(5.0, 45.0)), Some(minute(15.0)));
    assert_eq!(due(Step::Read(10.0, 45.0)), Some(minute(15.0)));
    assert_eq!(due(Step::Tick(15.0)), None, "the alarm is on; time adds nothing");
    assert_eq!(due(Step::Read(20.0, 38.0)), None);
}

#[test]
fn what_is_shown_beside_the_temperature_is_the_newest_word_on_it() {
    let mut record = fridge(minute(0.0));
    let humidity = |percent| Humidity::from_percent(percent);
    let at = |minutes: f64, percent| Reading {
        humidity: humidity(percent),
        ..measured(minutes, 38.0)
    };
    record.take(&at(10.0, 70.0), minute(10.0), &mut Vec::new());
    record.take(&at(5.0, 20.0), minute(11.0), &mut Vec::new());
    assert_eq!(
        (record.state.humidity, record.state.seen_at),
        (humidity(70.0), Some(minute(10.0)))
    );
    record.take(&measured(15.0, 38.0), minute(15.0), &mut Vec::new());
    assert_eq!(
        (record.state.humidity, record.state.seen_at),
        (humidity(70.0), Some(minute(15.0)))
    );
}

#[test]
fn a_door_is_known_since_it_last_moved() {
    let (record, _) = play(&[
        Step::Contact(0.0, Door::Closed),
        Step::Contact(10.0, Door::Open),
        Step::Contact(20.0, Door::Open),
        Step::Contact(15.0, Door::Closed),
    ]);
    let door = record.state.door.unwrap();
    assert_eq!(
        (door.door, door.since, door.seen_at),
        (Door::Open, minute(10.0), minute(20.0))
    );
}

#[test]
fn a_ninth_sensor_is_refused_and_changes_nothing() {
    let mut record = fridge(minute(0.0));
    let of = |number: u8| Reading {
        sensor_id: sensor(number),
        ..measured(f64::from(number), 38.0)
    };
    for number in 0..8 {
        assert_eq!(
            record.take(&of(number), minute(10.0), &mut Vec::new()),
            Admission::Taken
        );
    }
    let before = record.clone();
    assert_eq!(
        record.take(&of(8), minute(10.0), &mut Vec::new()),
        Admission::TooManySensors
    );
    assert_eq!(record, before);
}

#[test]
fn a_sensor_takes_the_place_of_one_that_is_gone() {
    let mut record = fridge(minute(0.0));
    let of = |number: u8, at: f64| Reading {
        sensor_id: sensor(number),
        ..measured(at, 38.0)
    };
    for number in 0..8 {
        let at = f64::from(number);
        assert_eq!(
            record.take(&of(number, at), minute(at), &mut Vec::new()),
            Admission::Taken
        );
    }
    // The second sensor goes on measuring; what the first, which is the longest silent one, measured is in the head.
    let day = 24.0 * 60.0;
    let take = |record: &mut UnitRecord, number, at| {
        record.take(&of(number, at), minute(day + 5.0), &mut Vec::new())
    };
    assert_eq!(take(&mut record, 1, day), Admission::Taken);
    let before = record.clone();
    assert_eq!(take(&mut record, 8, day + 1.0), Admission::HeadFull);
    assert_eq!(record, before);

    let block = record.seal().unwrap();
    let known: Vec<_> = (0..8).map(sensor).collect();
    assert_eq!(block.open().unwrap().0, known);
    assert_eq!(take(&mut record, 8, day + 1.0), Admission::Taken);
    assert_eq!(take(&mut record, 1, day + 2.0), Admission::Taken);
    assert_eq!(take(&mut record, 8, day + 1.0), Admission::Duplicate);
    let places: Vec<_> = record.head.entries().iter().map(|entry| entry.slot).collect();
    assert_eq!(places, [0, 1]);
    assert_eq!(record.state.sensors[0].id, sensor(8));

    // A block is the same whenever it is sealed, whoever has come to the unit in between.
    let mut later = record.clone();
    assert!(matches!(take(&mut later, 9, day - 1.0), Admission::Late(_)));
    assert_eq!(later.state.sensors[2].id, sensor(9));
    assert_eq!(later.seal(), record.seal());
}

/// A record whose head was sealed: readings of the driving sensor at minutes 0 and 10, of another at 20.
fn sealed() -> UnitRecord {
    let (mut record, _) = play(&[
        Step::Read(0.0, 38.0),
        Step::Read(10.0, 38.0),
        Step::Beside(20.0, 50.0),
    ]);
    record.seal().unwrap();
    record
}

#[test]
fn a_reading_from_before_the_seal_is_kept_beside_the_log() {
    let mut record = sealed();
    let mut changes = Vec::new();
    let admission = record.take(&measured(5.0, 60.0), minute(21.0), &mut changes);
    let Admission::Late(entry) = admission else {
        panic!("{admission:?}")
    };
    assert_eq!(
        (entry.recorded_at, entry.temperature),
        (minute(5.0), CentiCelsius::from_fahrenheit(60.0))
    );
    assert_eq!((record.state.status, record.head.entries().len()), (Ok, 0));
    assert!(changes.is_empty());
}

#[test]
fn a_late_reading_that_is_the_newest_of_the_driving_sensor_is_judged_all_the_same() {
    let mut record = sealed();
    let mut changes = Vec::new();
    let admission = record.take(&measured(15.0, 60.0), minute(21.0), &mut changes);
    assert!(matches!(admission, Admission::Late(_)), "{admission:?}");
    assert_eq!(
        record.state.status, Excursion,
        "the other sensor's readings have sealed the log, not the past"
    );
    assert_eq!(record.state.last.map(|last| last.recorded_at), Some(minute(15.0)));
}

#[test]
fn a_block_holds_the_sensors_of_its_readings_whoever_joins_before_it_is_sealed() {
    let mut record = sealed();
    apply(&mut record, Step::Read(30.0, 38.0), &mut Vec::new());
    let block = record.clone().seal();
    let newcomer = Reading {
        sensor_id: sensor(3),
        ..measured(5.0, 38.0)
    };
    assert!(matches!(
        record.take(&newcomer, minute(31.0), &mut Vec::new()),
        Admission::Late(_)
    ));
    assert_eq!(
        record.seal(),
        block,
        "a worker that died after storing the block must not be contradicted"
    );
}

#[test]
fn only_readings_are_sealed() {
    assert_eq!(fridge(Timestamp::default()).seal(), None);
}

#[test]
fn a_unit_that_is_not_active_is_not_judged_and_forgets_what_could_raise_an_alarm() {
    let mut record = fridge(minute(0.0));
    let mut changes = Vec::new();
    for at in [0.0, 6.0, 12.0] {
        record.take(&measured(at, 60.0), minute(at), &mut changes);
    }
    assert_eq!(record.state.status, AlarmActive);
    changes.clear();
    record.state.active = false;
    record.judge(minute(13.0), &mut changes);
    assert!(matches!(
        changes.as_slice(),
        [
            Change::AlertResolved(_),
            Change::StatusChanged { to: Pending, .. }
        ]
    ));
    changes.clear();
    assert_eq!(
        record.take(&measured(14.0, 60.0), minute(14.0), &mut changes),
        Admission::Taken
    );
    assert_eq!(
        (changes.len(), record.next_due()),
        (0, None),
        "kept, and nobody is woken"
    );
    record.state.active = true;
    record.judge(minute(15.0), &mut changes);
    assert!(changes.is_empty(), "only what is measured from now on counts");
    record.take(&measured(16.0, 60.0), minute(16.0), &mut changes);
    assert_eq!(record.state.status, Excursion);
}
