//! What a unit makes of temperatures, the clock and edited rules (specification 13.3 and 2.5).

use crate::play::{
    ALARMED, ALARMED_AND_SILENT, CALM, FAULTY, NO_PROBE_MARKER, Scenario, Step, WARNED, WARNED_AND_FAULTY,
    WARNED_AND_SILENT, every, measured, minute, play,
};
use crate::support::fridge;
use UnitStatus::{AlarmActive, Excursion, Ok, Pending, Restoring};
use freshtrack_domain::alert::{AlertStatus, Severity, Side};
use freshtrack_domain::measurement::{CentiCelsius, Door, Humidity};
use freshtrack_domain::reading::Reading;
use freshtrack_domain::unit::{Admission, Change, UnitStatus};

#[test]
fn every_scenario_goes_as_specified() {
    every(&scenarios());
}

#[rustfmt::skip]
fn scenarios() -> Vec<Scenario> {
    use Step::{Beside, Contact, Frame, Limits, NoProbe, Probe, Read, Received, Tick, Unreadable};
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
        Scenario::new("11: nor does what cannot be read", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Unreadable(5.0), (Ok, FAULTY, 1)),
            (Unreadable(10.0), (Ok, FAULTY, 1)),
            (Tick(15.9), (Ok, FAULTY, 1)),
            (Read(15.95, 38.0), (Ok, CALM, 2)),
        ]),
        Scenario::new("11: what could not be read before the newest reading says nothing", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Read(5.0, 38.0), (Ok, CALM, 2)),
            (Unreadable(2.0), (Ok, CALM, 2)),
        ]),
        Scenario::new("11: a fault during an excursion stops neither the excursion nor its clock", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(5.0, NO_PROBE_MARKER), (Excursion, WARNED_AND_FAULTY, 2)),
            (Read(9.0, 45.0), (Excursion, WARNED, 3)),
            (Tick(10.0), (AlarmActive, ALARMED, 3)),
        ]),
        Scenario::new("13: a reading older than the newest is stored and moves nothing", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Read(5.0, 38.0), (Ok, CALM, 2)),
            (Read(2.0, 60.0), (Ok, CALM, 3)),
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
            (Tick(11.0), (Excursion, WARNED_AND_SILENT, 1)),
            (Tick(12.0), (AlarmActive, ALARMED_AND_SILENT, 1)),
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
            (Received(5.0, 38.0, 0.0), (Ok, CALM, 1)),
            (Received(6.0, 38.0, 0.9), (Ok, CALM, 1)),
            (Received(6.0, 38.0, 1.0), (Ok, CALM, 2)),
        ]),
        Scenario::new("a recovery that is broken begins a new excursion with its own clock", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(5.0, 39.0), (Restoring, CALM, 2)),
            (Read(10.0, 45.0), (Excursion, WARNED, 3)),
            (Tick(19.9), (Excursion, WARNED_AND_SILENT, 3)),
            (Tick(20.0), (AlarmActive, ALARMED_AND_SILENT, 3)),
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
            (Tick(10.9), (Restoring, CALM, 2)),
        ]),
        Scenario::new("the clock confirms an excursion when the sensor falls silent", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(5.0, 45.0), (Excursion, WARNED, 2)),
            (Tick(9.99), (Excursion, WARNED, 2)),
            (Tick(10.0), (AlarmActive, ALARMED, 2)),
            (Tick(10.9), (AlarmActive, ALARMED, 2)),
        ]),
        // 10 min, 10 % for the sensor's clock, 30 s for the network.
        Scenario::new("a lone reading waits until the next report is overdue", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Tick(10.0), (Excursion, WARNED, 1)),
            (Tick(11.49), (Excursion, WARNED, 1)),
            (Tick(11.5), (AlarmActive, ALARMED_AND_SILENT, 1)),
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
            (Frame(5.0, 38.0, 12, 1), (Ok, CALM, 2)),
            (Frame(2.0, 45.0, 11, 1), (Ok, CALM, 3)),
            (Frame(2.0, 45.0, 11, 1), (Ok, CALM, 3)),
            (Frame(3.0, 45.0, 11, 1), (Ok, CALM, 3)),
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
            (Read(5.0, NO_PROBE_MARKER), (Ok, FAULTY, 2)),
            (Read(2.0, 38.0), (Ok, FAULTY, 3)),
            (Read(10.0, 38.0), (Ok, CALM, 4)),
        ]),
        Scenario::new("a sensor that does not drive the unit judges nothing", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Beside(2.0, 60.0), (Ok, CALM, 2)),
            (Beside(5.0, NO_PROBE_MARKER), (Ok, CALM, 3)),
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
        "7.2 °C is above the alarm limit of 5.0 °C (41.0 °F), the standard for a fridge."
    );
    assert_eq!(
        upgraded.explanation,
        "Above the alarm limit of 5.0 °C (41.0 °F) for 10 min, where 10 min is an alarm (the standard); the worst was 8.3 °C."
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
