//! What a unit makes of the alarms of the library (specification 2.9), each form on a curve as units have it.

use crate::play::{Step, alarms, apply, measured, minute, play, sentences, told};
use crate::support::{START, fridge};
use Step::{Alarms, Beside, Charge, Contact, Fit, Heard, Humid, Read, Tick};
use freshtrack_domain::alert::{AlertKind, AlertStatus, Severity};
use freshtrack_domain::measurement::Door::{Closed, Open};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{Change, UnitKind, UnitStatus};

/// What is told after `steps`, with the minute it is told of: kind, severity, and whether it goes on.
fn after(steps: &[Step]) -> Vec<(i64, AlertKind, Severity, bool)> {
    let (_, changes) = play(steps);
    told(&changes)
        .into_iter()
        .map(|alert| {
            let at = alert
                .resolved_at
                .or(alert.escalated_at)
                .unwrap_or(alert.opened_at);
            let minutes = (at.as_millis() - START.as_millis()) / 60_000;
            (
                minutes,
                alert.kind,
                alert.severity,
                alert.status == AlertStatus::Open,
            )
        })
        .collect()
}

/// The sentences of what is told after `steps`.
fn said(steps: &[Step]) -> Vec<String> {
    let (_, changes) = play(steps);
    sentences(&changes).into_iter().map(str::to_owned).collect()
}

/// A temperature every five minutes from `from` on, each `step` degrees Fahrenheit more than the one before.
fn ramp(from: u32, count: u32, start: f64, step: f64) -> Vec<Step> {
    (0..count)
        .map(|number| Read(f64::from(from + number * 5), start + step * f64::from(number)))
        .collect()
}

fn with(slugs: &'static [&'static str], steps: impl IntoIterator<Item = Step>) -> Vec<Step> {
    [Alarms(-1.0, slugs)].into_iter().chain(steps).collect()
}

#[test]
fn a_fridge_as_warm_as_a_cellar_is_an_alarm_at_once_and_only_makes_its_excursion_worse() {
    let warm = [Read(0.0, 38.0), Read(5.0, 57.0), Read(7.0, 58.0), Read(9.0, 58.0)];
    let both = &["fridge_danger_zone", "fridge_critical_high"];
    assert_eq!(
        after(&with(both, warm)),
        [
            (5, AlertKind::TempExcursion, Severity::Warning, true),
            (7, AlertKind::TempExcursion, Severity::Emergency, true),
        ],
        "an emergency does not open beside the critical of the same cause"
    );
    assert_eq!(
        said(&with(both, warm))[1],
        "14.4 °C (58.0 °F) is an emergency in a chilled unit after 2 min, from 12.8 °C (55.0 °F) on (the standard)."
    );
    let (record, _) = play(&with(both, warm));
    assert_eq!(
        record.state.status,
        UnitStatus::AlarmActive,
        "whoever is woken is woken for an alarm"
    );
}

#[test]
fn the_clock_raises_it_too_once_two_readings_have_shown_it() {
    let once = [Read(0.0, 38.0), Read(5.0, 60.0), Tick(7.0), Tick(10.9)];
    let slugs = &["fridge_critical_high"];
    assert_eq!(
        after(&with(slugs, once)).len(),
        1,
        "one reading is a door (ADR 6)"
    );
    let silent = once.into_iter().chain([Tick(11.0)]);
    assert!(after(&with(slugs, silent)).contains(&(11, AlertKind::TempExcursion, Severity::Emergency, true)));
    let twice = [Read(0.0, 38.0), Read(5.0, 60.0), Read(6.0, 60.0), Tick(7.5)];
    assert_eq!(
        after(&with(slugs, twice))[1],
        (7, AlertKind::TempExcursion, Severity::Emergency, true)
    );
}

#[test]
fn what_the_units_own_limits_allow_is_not_held_against_it() {
    let lenient = [Step::Limits(-0.5, 33.0, 50.0)].into_iter();
    let steps = lenient
        .chain(ramp(0, 40, 48.0, 0.0))
        .chain([Read(200.0, 51.0), Read(202.0, 51.0)]);
    let told = after(&with(&["fridge_danger_zone"], steps)).into_iter();
    let of_excursion: Vec<_> = told
        .filter(|(_, kind, ..)| *kind == AlertKind::TempExcursion)
        .collect();
    assert_eq!(
        of_excursion,
        [(200, AlertKind::TempExcursion, Severity::Warning, true)]
    );
}

#[test]
fn two_hours_in_the_danger_zone_are_an_emergency_unless_somebody_says_otherwise() {
    let warm = ramp(0, 26, 44.0, 0.0);
    let told = after(&warm);
    let excursion = |severity| (AlertKind::TempExcursion, severity, true);
    let told: Vec<_> = told
        .into_iter()
        .filter(|(_, kind, ..)| *kind == AlertKind::TempExcursion)
        .map(|(at, kind, severity, open)| (at, (kind, severity, open)))
        .collect();
    assert_eq!(
        told,
        [
            (0, excursion(Severity::Warning)),
            (10, excursion(Severity::Critical)),
            (120, excursion(Severity::Emergency)),
        ]
    );
    assert!(said(&warm).contains(
        &"6.7 °C (44.0 °F): above 5.0 °C (41.0 °F) for 2 h, half of the time after which food must be thrown away (the standard)."
            .to_owned()
    ));
    let off = after(&with(&[], warm));
    assert!(
        off.iter()
            .all(|(_, _, severity, _)| *severity < Severity::Emergency),
        "{off:?}"
    );
}

#[test]
fn a_temperature_that_rises_within_the_range_is_told_before_it_has_left_it() {
    // Six degrees an hour, from 33.5 °F on, then no more.
    let steps = ramp(0, 15, 33.5, 0.5).into_iter().chain(ramp(75, 16, 40.6, 0.0));
    assert_eq!(
        after(&with(&["temp_rising_fast"], steps.clone())),
        [
            (60, AlertKind::TempRising, Severity::Critical, true),
            (110, AlertKind::TempRising, Severity::Critical, false),
        ]
    );
    assert_eq!(
        said(&with(&["temp_rising_fast"], steps)),
        [
            "The temperature has risen by 3.3 °C (6.0 °F) within an hour, and by 2.8 °C (5.0 °F) or more for 15 min (the standard).",
            "The temperature rises no more, after 50 min.",
        ]
    );
}

#[test]
fn a_fast_rise_makes_the_alert_of_a_slow_one_worse() {
    let slow = ramp(0, 25, 34.0, 0.125);
    let fast = ramp(125, 18, 37.0, 0.5);
    let told = after(&with(
        &["temp_rising_slow", "temp_rising_fast"],
        slow.into_iter().chain(fast),
    ));
    let of_rising = told.iter().filter(|(_, kind, ..)| *kind == AlertKind::TempRising);
    let severities: Vec<_> = of_rising.map(|(_, _, severity, _)| *severity).collect();
    assert_eq!(severities, [Severity::Warning, Severity::Critical]);
}

#[test]
fn a_rise_counts_with_the_door_as_it_is_asked() {
    let closed = |door| {
        let steps = [Contact(0.0, door)].into_iter().chain(ramp(1, 14, 34.0, 0.25));
        after(&with(&["door_closed_temp_rising"], steps)).len()
    };
    assert_eq!(
        (closed(Closed), closed(Open)),
        (1, 1),
        "an open door has alerts of its own"
    );
    let steps = [Contact(0.0, Open)].into_iter().chain(ramp(1, 14, 34.0, 0.25));
    let told = after(&with(&["door_closed_temp_rising"], steps));
    assert!(
        told.iter().all(|(_, kind, ..)| *kind == AlertKind::DoorOpen),
        "{told:?}"
    );
}

#[test]
fn a_thermostat_that_sticks_is_told_of_and_a_rise_is_not() {
    let swing = |number: u32| {
        Read(
            f64::from(number * 10),
            if number.is_multiple_of(2) { 34.0 } else { 38.0 },
        )
    };
    let steps: Vec<Step> = [Fit(-0.5, 10)].into_iter().chain((0..8).map(swing)).collect();
    let told = after(&with(&["temp_oscillating"], steps));
    assert_eq!(told, [(50, AlertKind::TempOscillating, Severity::Warning, true)]);
    assert_eq!(after(&with(&["temp_oscillating"], ramp(0, 12, 34.0, 0.5))), []);
}

#[test]
fn what_was_frozen_and_has_thawed_is_told_until_it_is_frozen_again() {
    let mut record = fridge(minute(-60.0));
    record.state.kind = UnitKind::Freezer;
    record.state.alarms = alarms(UnitKind::Freezer, &["freeze_thaw_cycle"]);
    let mut changes = Vec::new();
    let curve = [
        (0.0, -5.0),
        (20.0, 33.0),
        (40.0, 38.0),
        (60.0, 40.0),
        (72.0, 40.0),
        (90.0, 20.0),
    ];
    for (at, degrees) in curve {
        record.take(&measured(at, degrees), minute(at), &mut changes);
    }
    let of_thawing: Vec<&str> = told(&changes)
        .into_iter()
        .filter(|alert| alert.kind == AlertKind::FreezeThaw)
        .map(|alert| alert.explanation.as_str())
        .collect();
    assert_eq!(
        of_thawing,
        [
            "It was frozen, and 4.4 °C (40.0 °F) is above 2.2 °C (36.0 °F) for 30 min: what has thawed must not simply be \
             frozen again (the standard).",
            "It is frozen again, after 18 min.",
        ]
    );
}

#[test]
fn humidity_flaps_within_its_band_and_cools_down_before_it_is_told_again() {
    let slugs = &["humidity_high"];
    let steps = [
        Fit(-0.5, 60),
        Humid(0.0, 86.0),
        Humid(5.0, 90.0),
        Humid(15.0, 88.0),
        Humid(20.0, 84.0),
        Humid(25.0, 86.0),
        Humid(30.0, 81.0),
        Humid(35.0, 90.0),
        Humid(50.0, 90.0),
        Humid(85.0, 90.0),
        Humid(90.0, 90.0),
    ];
    assert_eq!(
        after(&with(slugs, steps)),
        [
            (15, AlertKind::HumidityHigh, Severity::Warning, true),
            (30, AlertKind::HumidityHigh, Severity::Warning, false),
            (90, AlertKind::HumidityHigh, Severity::Warning, true),
        ],
        "an hour after it was over"
    );
    assert_eq!(
        said(&with(slugs, steps))[..2],
        [
            "The humidity is at 88 % and has been at 85 % or more for 15 min (the standard).",
            "The air is dry enough again, after 15 min.",
        ]
    );
}

#[test]
fn two_sensors_that_do_not_agree_are_told_of() {
    let steps = (0..6).flat_map(|number| {
        let at = f64::from(number * 5);
        [Read(at, 38.0), Beside(at + 1.0, 46.0)]
    });
    assert_eq!(
        after(&with(&["multi_sensor_disagree"], steps.clone())),
        [(16, AlertKind::SensorsDisagree, Severity::Warning, true)]
    );
    let agree = [Fit(-0.5, 60)]
        .into_iter()
        .chain(steps)
        .chain([Beside(40.0, 39.0)]);
    assert_eq!(
        said(&with(&["multi_sensor_disagree"], agree)),
        [
            "Two sensors of the unit are 4.5 °C (8.0 °F) apart, and have been 2.8 °C (5.0 °F) or more for 15 min: one of them \
             is wrong or in the wrong place (the standard).",
            "The sensors agree again, after 24 min.",
        ]
    );
}

#[test]
fn a_door_that_is_used_too_often_is_told_of_until_the_hour_is_over() {
    let steps = (0..22).flat_map(|number| {
        let at = f64::from(number * 2);
        [Contact(at, Open), Contact(at + 1.0, Closed)]
    });
    let slugs = &["door_rapid_cycling"];
    assert_eq!(
        after(&with(slugs, steps.clone().chain([Tick(60.0)]))),
        [
            (40, AlertKind::DoorCycling, Severity::Warning, true),
            (60, AlertKind::DoorCycling, Severity::Warning, false),
        ]
    );
    assert_eq!(
        said(&with(slugs, steps))[0],
        "The door was opened 21 times within 60 min, more often than 20 times (the standard)."
    );
}

#[test]
fn a_door_that_is_opened_while_the_site_is_closed_is_told_of_also_in_the_odd_night() {
    let at = |text: &str| {
        let instant: Timestamp = text.parse().unwrap();
        #[expect(
            clippy::cast_precision_loss,
            reason = "tests count minutes in years, not in ages"
        )]
        let millis = (instant.as_millis() - START.as_millis()) as f64;
        millis / 60_000.0
    };
    let opened = |text| {
        let mut record = fridge(minute(-60.0));
        let mut changes = Vec::new();
        let steps = [
            Alarms(at(text) - 1.0, &["door_after_hours"]),
            Contact(at(text), Open),
            Contact(at(text) + 2.0, Closed),
        ];
        for step in steps {
            apply(&mut record, step, &mut changes);
        }
        sentences(&changes)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    // Saturday in Vienna, two hours ahead of UTC; on Sunday the clock goes back to one hour.
    assert_eq!(opened("2026-10-24T15:59:00Z"), Vec::<String>::new());
    assert_eq!(
        opened("2026-10-24T16:00:00Z"),
        [
            "The door was opened at 18:00, when the site is closed (the standard).",
            "The door was closed, after 2 min.",
        ]
    );
    assert_eq!(
        opened("2026-10-26T06:30:00Z").len(),
        2,
        "half past seven on Monday"
    );
    assert_eq!(opened("2026-10-26T07:00:00Z").len(), 0, "eight");
}

#[test]
fn a_contact_that_never_changes_is_told_of_and_a_door_that_is_open_for_hours_is_an_emergency() {
    let hours = |hours: u32| f64::from(hours * 60);
    let still = (0..40).map(|number| Contact(hours(number * 2), Closed));
    assert_eq!(
        after(&with(
            &["door_sensor_stuck"],
            still.chain([Contact(hours(80), Open)])
        )),
        [
            (72 * 60, AlertKind::DoorContactStuck, Severity::Warning, true),
            (80 * 60, AlertKind::DoorContactStuck, Severity::Warning, false),
        ]
    );
    let ajar = (0..13).map(|number| Contact(f64::from(number * 10), Open));
    let told = after(&with(&["door_open_critical"], ajar.chain([Tick(120.0)])));
    assert_eq!(
        told.last(),
        Some(&(120, AlertKind::DoorOpen, Severity::Emergency, true))
    );
    assert_eq!(told.len(), 3, "warning, critical, emergency: one alert");
}

#[test]
fn an_excursion_that_goes_on_behind_a_closed_door_is_an_alarm() {
    let patient = [
        Step::Set(-0.5, &PATIENT),
        Contact(0.0, Open),
        Contact(4.0, Closed),
    ];
    let steps = patient
        .into_iter()
        .chain(ramp(5, 7, 45.0, 0.0))
        .chain([Tick(36.0)]);
    let told = after(&with(&["post_close_no_recovery"], steps.clone()));
    assert_eq!(
        told.last(),
        Some(&(35, AlertKind::TempExcursion, Severity::Critical, true))
    );
    assert_eq!(
        said(&with(&["post_close_no_recovery"], steps)).last().unwrap(),
        "The door has been closed for 31 min and the unit is still out of range, where 30 min is an alarm (the standard)."
    );
}

const PATIENT: freshtrack_domain::unit::Overrides = freshtrack_domain::unit::Overrides {
    confirm: Some(Span::minutes(50)),
    ..crate::play::NOTHING_SET
};

#[test]
fn a_battery_that_is_about_to_fail_makes_its_alert_worse() {
    let told = after(&[Charge(0.0, 9), Charge(5.0, 6), Charge(10.0, 5), Charge(15.0, 4)]);
    assert_eq!(
        told,
        [
            (0, AlertKind::LowBattery, Severity::Warning, true),
            (10, AlertKind::LowBattery, Severity::Critical, true),
        ]
    );
    assert_eq!(
        said(&[Charge(0.0, 9), Charge(5.0, 5)])[1],
        "The battery of the sensor is at 5 %, where 5 % or less is critical (the standard): change it today."
    );
}

#[test]
fn a_day_of_silence_is_an_emergency() {
    let told = after(&[Fit(-1.0, 5), Read(0.0, 38.0), Tick(1_439.0), Tick(1_440.0)]);
    let (at, kind, severity, _) = *told.last().unwrap();
    assert_eq!(
        (at, kind, severity),
        (1_440, AlertKind::MonitoringInterrupted, Severity::Emergency)
    );
}

#[test]
fn a_weak_signal_is_told_of_once_and_becomes_a_warning() {
    let heard = |from: u32, dbm| (0..14).map(move |number| Heard(f64::from(from + number * 5), dbm));
    let steps = heard(0, -100)
        .chain(heard(70, -115))
        .chain(heard(140, -104))
        .chain(heard(210, -80));
    assert_eq!(
        after(&with(&["signal_poor", "signal_critical"], steps)),
        [
            (60, AlertKind::WeakSignal, Severity::Info, true),
            (130, AlertKind::WeakSignal, Severity::Warning, true),
            (210, AlertKind::WeakSignal, Severity::Warning, false),
        ]
    );
}

#[test]
fn three_alarms_within_a_day_are_one_cause() {
    let alarm = |from: u32| {
        ramp(from, 4, 45.0, 0.0)
            .into_iter()
            .chain(ramp(from + 20, 3, 37.0, 0.0))
            .collect::<Vec<_>>()
    };
    let steps: Vec<Step> = [0, 200, 400].into_iter().flat_map(alarm).collect();
    let told = after(&with(
        &["repeated_alarm"],
        steps.into_iter().chain([Tick(1_460.0)]),
    ));
    let repeated: Vec<_> = told
        .into_iter()
        .filter(|(_, kind, ..)| *kind == AlertKind::RepeatedAlarm)
        .collect();
    assert_eq!(
        repeated,
        [
            (410, AlertKind::RepeatedAlarm, Severity::Warning, true),
            (1_450, AlertKind::RepeatedAlarm, Severity::Warning, false),
        ]
    );
}

#[test]
fn switching_an_alarm_off_ends_what_it_opened_and_on_again_begins_anew() {
    let humid = (0..5).map(|number| Humid(f64::from(number * 5), 95.0));
    let steps = [Alarms(-1.0, &["humidity_high"])]
        .into_iter()
        .chain(humid)
        .chain([Alarms(21.0, &[])]);
    let steps: Vec<Step> = steps.collect();
    assert_eq!(
        said(&steps)[1],
        "By the alarms as they are set now there is nothing to tell."
    );
    let (record, _) = play(&steps);
    assert!(
        record.state.memory == Default::default(),
        "{:?}",
        record.state.memory
    );
    let again = steps
        .into_iter()
        .chain([Alarms(22.0, &["humidity_high"]), Humid(25.0, 95.0)]);
    assert_eq!(after(&again.collect::<Vec<_>>()).len(), 2, "it has to last again");
}

#[test]
fn a_unit_tells_at_most_four_things_of_the_library_at_once() {
    let all: &[&str] = &[
        "humidity_high",
        "signal_poor",
        "multi_sensor_disagree",
        "temp_rising_slow",
        "temp_oscillating",
        "door_rapid_cycling",
        "door_sensor_stuck",
    ];
    let mut record = fridge(minute(-60.0));
    record.state.alarms = alarms(UnitKind::Fridge, all);
    let mut changes: Vec<Change> = Vec::new();
    for number in 0_u32..200 {
        let at = f64::from(number * 5);
        let degrees = if number.is_multiple_of(2) { 34.0 } else { 39.0 };
        for step in [
            Humid(at, 95.0),
            Heard(at + 1.0, -100),
            Read(at + 2.0, degrees),
            Beside(at + 3.0, 50.0),
        ] {
            apply(&mut record, step, &mut changes);
        }
        for opening in 0..3 {
            let at = at + 3.0 + f64::from(opening) / 2.0;
            apply(&mut record, Contact(at, Open), &mut changes);
            apply(&mut record, Contact(at + 0.25, Closed), &mut changes);
        }
        assert!(record.state.alerts.len() <= 4, "{:?}", record.state.alerts);
    }
    assert_eq!(record.state.alerts.len(), 4, "{:?}", record.state.alerts);
}
