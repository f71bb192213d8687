//! Alerts that are held back: suppression and snooze (specification 2.5, 13; 13.3, 15).

use crate::play::{
    ALARMED, CALM, FAULTY, NO_PROBE_MARKER, Scenario, Step, WARNED, every, minute, play, sentences, told,
};
use UnitStatus::{AlarmActive, Excursion, Ok, Pending, Restoring};
use freshtrack_domain::alert::{AlertKind, Severity};
use freshtrack_domain::measurement::Door;
use freshtrack_domain::unit::{Change, UnitStatus};

const TEMPERATURE: &[AlertKind] = &[AlertKind::TempExcursion];
const DOOR: &[AlertKind] = &[AlertKind::DoorOpen];
const DOOR_CRITICAL: &[(AlertKind, Severity)] = &[(AlertKind::DoorOpen, Severity::Critical)];

#[test]
fn every_scenario_goes_as_specified() {
    every(&scenarios());
}

#[rustfmt::skip]
fn scenarios() -> Vec<Scenario> {
    use Step::{Active, Contact, HoldBack, Lift, Read, Tick};
    vec![
        Scenario::new("15: the status moves, nobody is told, and at the end what still holds is", &[
            (HoldBack(-1.0, 0.0, 20.0, TEMPERATURE), (Pending, CALM, 0)),
            (Read(0.0, 45.0), (Excursion, CALM, 1)),
            (Read(5.0, 45.0), (Excursion, CALM, 2)),
            (Read(10.0, 45.0), (AlarmActive, CALM, 3)),
            (Read(15.0, 45.0), (AlarmActive, CALM, 4)),
            (Tick(19.99), (AlarmActive, CALM, 4)),
            (Tick(20.0), (AlarmActive, ALARMED, 4)),
        ]),
        Scenario::new("15: what is over by then was never told", &[
            (HoldBack(-1.0, 0.0, 20.0, TEMPERATURE), (Pending, CALM, 0)),
            (Read(0.0, 45.0), (Excursion, CALM, 1)),
            (Read(5.0, 38.0), (Restoring, CALM, 2)),
            (Read(10.0, 38.0), (Ok, CALM, 3)),
            (Read(15.0, 38.0), (Ok, CALM, 4)),
            (Read(20.0, 38.0), (Ok, CALM, 5)),
        ]),
        Scenario::new("what was told before stays, and becomes worse", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (HoldBack(1.0, 1.0, 60.0, TEMPERATURE), (Excursion, WARNED, 1)),
            (Read(5.0, 45.0), (Excursion, WARNED, 2)),
            (Read(10.0, 45.0), (AlarmActive, ALARMED, 3)),
        ]),
        Scenario::new("what begins before or after is told", &[
            (HoldBack(-1.0, 5.0, 8.0, TEMPERATURE), (Pending, CALM, 0)),
            (Read(4.0, 45.0), (Excursion, WARNED, 1)),
            (Read(6.0, 38.0), (Restoring, CALM, 2)),
            (Read(7.0, 45.0), (Excursion, CALM, 3)),
            (Tick(8.0), (Excursion, WARNED, 3)),
        ]),
        Scenario::new("what begins at the end is told, and at the beginning is not", &[
            (HoldBack(-1.0, 0.0, 20.0, TEMPERATURE), (Pending, CALM, 0)),
            (Read(0.0, 45.0), (Excursion, CALM, 1)),
            (Read(5.0, 38.0), (Restoring, CALM, 2)),
            (Read(20.0, 45.0), (Excursion, WARNED, 3)),
        ]),
        Scenario::new("other kinds are told", &[
            (HoldBack(-1.0, 0.0, 60.0, TEMPERATURE), (Pending, CALM, 0)),
            (Read(0.0, NO_PROBE_MARKER), (Pending, FAULTY, 1)),
        ]),
        Scenario::new("of two times the longer counts", &[
            (HoldBack(-1.0, 0.0, 60.0, DOOR), (Pending, CALM, 0)),
            (HoldBack(-1.0, 0.0, 20.0, DOOR), (Pending, CALM, 0)),
            (Contact(0.0, Door::Open), (Pending, CALM, 1)),
            (Tick(20.0), (Pending, CALM, 1)),
            (Tick(60.0), (Pending, DOOR_CRITICAL, 1)),
        ]),
        Scenario::new("who ends it early is told at once", &[
            (HoldBack(-1.0, 0.0, 60.0, DOOR), (Pending, CALM, 0)),
            (Contact(0.0, Door::Open), (Pending, CALM, 1)),
            (Tick(20.0), (Pending, CALM, 1)),
            (Lift(21.0), (Pending, DOOR_CRITICAL, 1)),
        ]),
        Scenario::new("what is held back ends with the unit", &[
            (HoldBack(-1.0, 0.0, 60.0, TEMPERATURE), (Pending, CALM, 0)),
            (Read(0.0, 45.0), (Excursion, CALM, 1)),
            (Active(1.0, false), (Pending, CALM, 1)),
            (Active(2.0, true), (Pending, CALM, 1)),
            (Tick(60.0), (Pending, CALM, 1)),
        ]),
    ]
}

#[test]
fn what_was_held_back_is_told_once_with_when_it_began() {
    let (record, changes) = play(&[
        Step::HoldBack(-1.0, 0.0, 20.0, TEMPERATURE),
        Step::Read(0.0, 45.0),
        Step::Read(5.0, 47.0),
        Step::Read(10.0, 45.0),
        Step::Read(15.0, 45.0),
        Step::Read(20.0, 45.0),
        Step::Read(25.0, 38.0),
    ]);
    let alerts = told(&changes);
    assert_eq!(alerts.len(), 2);
    assert_eq!(
        (alerts[0].opened_at, alerts[0].escalated_at, alerts[0].severity),
        (minute(0.0), Some(minute(10.0)), Severity::Critical)
    );
    assert_eq!(
        sentences(&changes),
        [
            "8.3 °C is above the alarm limit of 5.0 °C (41.0 °F), the standard for a fridge; it was held back until now.",
            "Back in range after 25 min above 5.0 °C (41.0 °F); the worst was 8.3 °C.",
        ]
    );
    assert!(record.state.quiet.is_empty(), "what is past is forgotten");
}

#[test]
fn what_is_held_back_does_not_show_as_severity() {
    let (record, changes) = play(&[
        Step::HoldBack(-1.0, 0.0, 20.0, TEMPERATURE),
        Step::Read(0.0, 45.0),
    ]);
    assert_eq!(record.state.worst_severity(), None);
    assert!(
        matches!(changes.as_slice(), [Change::StatusChanged { .. }]),
        "{changes:?}"
    );
}
