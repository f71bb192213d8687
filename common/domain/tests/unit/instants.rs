//! What holds at the very instant at which something begins, ends or is due, and what of two at one instant counts.

use crate::play::{NOTHING_SET, Step, apply, measured, minute, play, sentences, told};
use crate::support::{fridge, reading, sensor};
use freshtrack_domain::alert::{AlertKind, Side};
use freshtrack_domain::measurement::{CentiCelsius, Door};
use freshtrack_domain::reading::Reading;
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::{Change, Contact, Input, Overrides, UnitStatus, transition};

/// What came of `steps` where `overrides` are set.
fn played(overrides: Overrides, steps: &[Step]) -> Vec<Change> {
    let mut record = fridge(minute(-60.0));
    record.state.overrides = overrides;
    let mut changes = Vec::new();
    for step in steps {
        apply(&mut record, *step, &mut changes);
    }
    changes
}

/// What the contact that [`Step::Contact`] is about says at `at`.
fn contact(at: f64, door: Door) -> Reading {
    Reading {
        sensor_id: sensor(2),
        door: Some(door),
        drives_unit: false,
        ..reading(minute(at), None)
    }
}

const fn minutes(minutes: u32) -> Option<Span> {
    Some(Span::minutes(minutes))
}

#[test]
fn what_is_not_newer_than_the_newest_moves_nothing() {
    let (record, _) = play(&[Step::Read(0.0, 38.0)]);
    for (at, now) in [(-1.0, 0.0), (0.0, 0.0), (0.0, 5.99), (0.0, 6.0)] {
        let warm = measured(at, 45.0);
        for input in [Input::Reading(&warm), Input::Unreadable(minute(at))] {
            let mut state = record.state.clone();
            let mut changes = Vec::new();
            transition(
                &mut state,
                &record.state.rules(),
                input,
                minute(now),
                &mut changes,
            );
            assert_eq!(changes, [], "{input:?} at {now}");
            assert_eq!(state, record.state, "{input:?} at {now}");
        }
    }
}

#[test]
fn a_sensor_that_cannot_be_read_is_told_apart_from_one_without_a_probe() {
    let (_, changes) = play(&[Step::Read(0.0, 38.0), Step::Unreadable(5.0)]);
    assert_eq!(
        sentences(&changes),
        [
            "The sensor sends what cannot be read as its model's: check that it is registered as the model it is."
        ]
    );
}

#[test]
fn of_two_contacts_the_later_word_counts_and_of_one_instant_the_later_told() {
    let (mut record, mut changes) = play(&[Step::SecondContact(10.0, Door::Open)]);
    record.take(&contact(5.0, Door::Open), minute(11.0), &mut changes);
    assert_eq!(record.state.door.map(|door| door.seen_at), Some(minute(10.0)));
    let (record, _) = play(&[
        Step::SecondContact(10.0, Door::Closed),
        Step::Contact(10.0, Door::Open),
    ]);
    assert!(record.state.door_is_open());
}

#[test]
fn an_excursion_under_a_door_that_is_forgotten_is_as_long_as_with_a_closed_one_and_no_shorter() {
    // Five reports of the contact, which has said it twice, are missing 5.6 min after the second.
    let alarm_at = |confirm| {
        let overrides = Overrides {
            confirm: minutes(confirm),
            door_interval: minutes(1),
            door_warning: minutes(1),
            ..NOTHING_SET
        };
        let steps = [
            Step::Read(-1.0, 45.0),
            Step::Contact(0.0, Door::Open),
            Step::Contact(1.0, Door::Open),
            Step::Read(4.0, 45.0),
            Step::Tick(6.6),
            Step::Tick(12.0),
        ];
        let changes = played(overrides, &steps);
        changes.into_iter().find_map(|change| match change {
            Change::AlertUpgraded(alert) if alert.kind == AlertKind::TempExcursion => alert.escalated_at,
            _ => None,
        })
    };
    assert_eq!(alarm_at(10), Some(minute(9.0)));
    assert_eq!(alarm_at(2), Some(minute(6.6)), "not before it was forgotten");
}

#[test]
fn a_door_that_is_open_for_as_long_as_a_new_rule_allows_keeps_its_alert() {
    const LONGER: Overrides = Overrides {
        door_warning: minutes(4),
        door_critical: minutes(20),
        ..NOTHING_SET
    };
    let steps = [
        Step::Contact(0.0, Door::Open),
        Step::Tick(3.0),
        Step::Set(4.0, &LONGER),
    ];
    assert_eq!(sentences(&play(&steps).1).len(), 1);
}

#[test]
fn a_reading_comes_in_time_until_the_next_is_missing() {
    let contact = |received| play(&[Step::Received(0.0, 38.0, received)]).0.state.contact;
    assert_eq!(contact(5.99), Some(Contact::Heard(minute(0.0))));
    assert_eq!(contact(6.0), Some(Contact::Learnt(minute(0.0))));
}

#[test]
fn what_comes_hours_late_tells_of_no_door_that_was_open_before_it() {
    let (mut record, mut changes) = play(&[Step::Contact(0.0, Door::Open), Step::Received(5.0, 38.0, 300.0)]);
    record.take(&contact(6.0, Door::Closed), minute(300.0), &mut changes);
    assert_eq!(sentences(&changes), [""; 0]);
}

#[test]
fn a_contact_is_taken_at_its_newest_word() {
    let steps = [
        Step::SecondContact(0.0, Door::Open),
        Step::Contact(10.0, Door::Closed),
    ];
    let (mut record, mut changes) = play(&steps);
    record.take(&contact(5.0, Door::Open), minute(11.0), &mut changes);
    let door = record.state.door.unwrap();
    assert_eq!(
        (door.door, door.since, door.seen_at),
        (Door::Open, minute(0.0), minute(0.0))
    );
}

#[test]
fn a_fault_ends_with_what_was_measured_after_it() {
    let open = |steps: &[Step]| play(steps).0.state.alert(AlertKind::SensorFault).is_some();
    assert!(open(&[Step::Unreadable(0.0), Step::Read(0.0, 38.0)]));
    assert!(!open(&[Step::Unreadable(0.0), Step::Read(0.02, 38.0)]));
}

#[test]
fn of_two_rules_that_make_an_alarm_at_the_same_time_the_plainer_one_is_told() {
    let warm = [-1.0, 4.0, 9.0, 14.0, 19.0].map(|at| Step::Read(at, 45.0));
    let rest = Overrides {
        confirm: minutes(20),
        confirm_door_open: minutes(20),
        max_excursion: minutes(60),
        ..NOTHING_SET
    };
    let plain = "Above the alarm limit of 5.0 °C (41.0 °F) for 20 min, where 20 min is an alarm (the standard); the worst was \
                 7.2 °C.";
    let alarm = |overrides, first: &[Step]| {
        let steps = [&warm[..1], first, &warm[1..]].concat();
        let changes = played(overrides, &steps);
        let told = sentences(&changes);
        told.into_iter()
            .find(|told| told.contains("is an alarm"))
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        alarm(rest, &[Step::Contact(0.0, Door::Open)]),
        plain,
        "as long with the door open"
    );
    let at_most = Overrides {
        max_excursion: minutes(20),
        ..rest
    };
    assert_eq!(alarm(at_most, &[]), plain, "and at most");
    let half = Overrides {
        confirm: minutes(10),
        ..rest
    };
    // Closed at the ninth minute, the unit has ten more: until the nineteenth, as if the door had stayed open.
    let opened = [Step::Contact(0.0, Door::Open), Step::Contact(9.0, Door::Closed)];
    assert_eq!(
        alarm(half, &opened),
        plain.replace("where 20", "where 10"),
        "and since it was closed"
    );
}

#[test]
fn what_was_excused_is_evidence_for_the_clock() {
    let overrides = Overrides {
        confirm: minutes(2),
        confirm_door_open: minutes(2),
        ..NOTHING_SET
    };
    let excused = [
        Step::Contact(-2.0, Door::Open),
        Step::Read(0.0, 38.0),
        Step::Read(1.0, 45.0),
        Step::Contact(2.0, Door::Closed),
        Step::Read(3.0, 45.0),
        Step::Tick(5.0),
    ];
    let alarms = |steps| {
        let changes = played(overrides, steps);
        sentences(&changes)
            .iter()
            .filter(|told| told.contains("is an alarm"))
            .count()
    };
    assert_eq!(
        alarms(&excused),
        1,
        "two readings, of which the open door excused the first"
    );
    assert_eq!(
        alarms(&[Step::Read(3.0, 45.0), Step::Tick(5.0)]),
        0,
        "a lone one waits for the next"
    );
}

#[test]
fn whoever_sets_rules_ends_no_excuse_that_waits_for_the_next_reading() {
    let excused = [
        Step::Contact(-2.0, Door::Open),
        Step::Read(0.0, 38.0),
        Step::Read(1.0, 45.0),
        Step::Contact(2.0, Door::Closed),
        Step::Limits(3.0, 33.0, 41.0),
    ];
    let (record, _) = play(&excused);
    assert!(record.state.mask().is_some());
    assert_eq!(record.state.status, UnitStatus::Ok);
}

#[test]
fn a_door_excuses_what_is_measured_as_it_is_opened_and_nothing_before() {
    for (warm, excused) in [(-0.02, false), (0.0, true)] {
        let calm = [Step::Read(-5.0, 38.0), Step::Contact(0.0, Door::Open)];
        let (mut record, mut changes) = play(&calm);
        record.take(&measured(warm, 45.0), minute(0.0), &mut changes);
        assert_eq!(record.state.mask().is_some(), excused, "warm at {warm}");
        assert_eq!(
            record.state.status == UnitStatus::Excursion,
            !excused,
            "warm at {warm}"
        );
    }
}

#[test]
fn what_a_temperature_is_compared_with_is_forgotten_once_nobody_watches() {
    let steps = [Step::Read(0.0, 45.0), Step::Read(5.0, 45.0)];
    for (at, known) in [(11.0, true), (30.99, true), (31.0, false)] {
        let (record, _) = play(&[&steps[..], &[Step::Tick(at)]].concat());
        assert_eq!(!record.state.course.is_empty(), known, "at {at}");
    }
}

#[test]
fn an_excursion_is_compared_with_few_temperatures_however_often_the_sensor_reports() {
    let compared = |until: u32, degrees: fn(f64) -> f64| {
        let every_minute = (0..until).map(f64::from);
        let steps: Vec<Step> = every_minute.map(|at| Step::Read(at, degrees(at))).collect();
        let (record, _) = play(&steps);
        let course = record.state.course.iter();
        course.map(|mark| mark.0).collect::<Vec<_>>()
    };
    assert_eq!(compared(45, |_| 45.0), [0.0, 23.0].map(minute));
    let cools = |at| 60.0 - at / 5.0;
    assert_eq!(compared(68, cools), [0.0, 23.0, 46.0].map(minute));
    assert_eq!(
        compared(71, cools),
        [23.0, 46.0, 69.0].map(minute),
        "what is older than is asked for is forgotten"
    );
}

#[test]
fn a_suspected_failure_tells_what_was_measured_and_the_limit() {
    let steps: Vec<Step> = (0..10)
        .map(|place| Step::Read(f64::from(place * 5), 45.0))
        .collect();
    let (_, changes) = play(&steps);
    let alert = told(&changes)
        .into_iter()
        .find(|alert| alert.kind == AlertKind::SuspectedCoolingFailure)
        .unwrap();
    assert_eq!(
        (alert.trigger, alert.limit, alert.side),
        (
            CentiCelsius::from_fahrenheit(45.0),
            CentiCelsius::from_fahrenheit(41.0),
            Some(Side::High)
        )
    );
}

#[test]
fn of_two_sensors_that_report_at_once_each_has_its_own_battery() {
    let (_, changes) = play(&[Step::Charge(0.0, 100), Step::ChargeBeside(0.0, 6)]);
    let [alert] = told(&changes).try_into().unwrap();
    assert_eq!(
        (alert.kind, alert.sensor_id),
        (AlertKind::LowBattery, Some(sensor(1)))
    );
}

#[test]
fn a_calibration_that_expires_within_the_notice_keeps_its_alert_though_it_was_renewed() {
    for (days, told_of) in [(29, 1), (30, 1), (31, 2)] {
        let (_, changes) = play(&[Step::Calibrate(0.0, Some(20)), Step::Calibrate(1.0, Some(days))]);
        assert_eq!(told(&changes).len(), told_of, "expires in {days} days");
    }
}
