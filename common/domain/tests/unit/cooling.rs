//! When a unit's cooling is suspected to have failed (specification 2.7 and 13.3, 12).

use crate::play::{CALM, NOTHING_SET, Scenario, Step, every, play, sentences, told};
use UnitStatus::{AlarmActive, Restoring};
use freshtrack_domain::alert::{AlertKind, Severity};
use freshtrack_domain::measurement::Door;
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::{Overrides, UnitStatus};

/// The open alerts after steps, by kind.
fn open(steps: &[Step]) -> Vec<AlertKind> {
    let (record, _) = play(steps);
    record.state.alerts.iter().map(|alert| alert.kind).collect()
}

/// The same temperature every `every` minutes from minute zero to minute `last`.
fn held(every: u32, last: u32, degrees: f64) -> Vec<Step> {
    (0..=last / every)
        .map(|number| Step::Read(f64::from(number * every), degrees))
        .collect()
}

const SUSPECTED: &[AlertKind] = &[AlertKind::TempExcursion, AlertKind::SuspectedCoolingFailure];
const ALARM: &[AlertKind] = &[AlertKind::TempExcursion];

#[test]
fn it_takes_three_quarters_of_an_hour_and_no_number_of_readings() {
    assert_eq!(open(&held(5, 40, 46.0)), ALARM);
    assert_eq!(open(&held(5, 45, 46.0)), SUSPECTED, "13.3, 12");
    assert_eq!(open(&held(1, 44, 46.0)), ALARM);
    assert_eq!(open(&held(1, 45, 46.0)), SUSPECTED);
    let slow = |last| {
        let mut steps = vec![Step::Fit(-10.0, 20)];
        steps.extend(held(20, last, 46.0));
        open(&steps)
    };
    assert_eq!((slow(40), slow(60)), (ALARM.to_vec(), SUSPECTED.to_vec()));
}

#[test]
fn it_is_suspected_once_and_names_the_excursion() {
    let mut steps = held(5, 100, 46.0);
    steps.push(Step::Read(105.0, 38.0));
    let (record, changes) = play(&steps);
    assert!(record.state.course.is_empty());
    let alerts = told(&changes);
    let kinds: Vec<_> = alerts.iter().map(|alert| alert.kind).collect();
    let (excursion, failure) = (AlertKind::TempExcursion, AlertKind::SuspectedCoolingFailure);
    assert_eq!(kinds, [excursion, excursion, failure, failure, excursion]);
    assert_eq!(alerts[2].related_id, Some(alerts[0].id));
    assert_eq!(alerts[2].severity, Severity::Warning);
    assert_eq!(
        sentences(&changes)[2..4],
        [
            "Above the alarm limit of 5.0 °C (41.0 °F) with the door closed and no better than 45 min ago (7.8 °C then, 7.8 °C now), \
             where 45 min is a sign that the cooling has failed (the standard).",
            "The unit has cooled to its range again, after 105 min.",
        ]
    );
}

#[test]
fn a_unit_that_gets_better_is_not_suspected() {
    let cooling: Vec<Step> = (0_u32..=24)
        .map(|number| Step::Read(f64::from(number * 5), 60.0 - f64::from(number) * 0.1))
        .collect();
    assert_eq!(open(&cooling), ALARM, "0.9 °F in 45 min");
    let stuck: Vec<Step> = (0_u32..=24)
        .map(|number| Step::Read(f64::from(number * 5), 60.0 - f64::from(number) * 0.05))
        .collect();
    assert_eq!(open(&stuck), SUSPECTED, "0.45 °F in 45 min");
}

#[test]
fn a_peak_that_is_passed_is_not_held_against_it() {
    // It rises for 20 min, as after a delivery, then falls 1 °F every 15 min.
    let mut steps: Vec<Step> = (0_u32..4)
        .map(|number| Step::Read(f64::from(number * 5), 46.0 + f64::from(number) * 3.0))
        .collect();
    steps.extend((4_u32..20).map(|number| Step::Read(f64::from(number * 5), 57.0 - f64::from(number) / 3.0)));
    assert_eq!(open(&steps[..9]), ALARM);
    assert_eq!(open(&steps), SUSPECTED, "45 min after it was 46 °F it is 52 °F");
}

#[test]
fn every_scenario_goes_as_specified() {
    every(&scenarios());
}

const WITH_ALARM: &[(AlertKind, Severity)] = &[
    (AlertKind::TempExcursion, Severity::Critical),
    (AlertKind::SuspectedCoolingFailure, Severity::Warning),
];
const ALARMED: &[(AlertKind, Severity)] = &[(AlertKind::TempExcursion, Severity::Critical)];

/// A sensor that reports so rarely that its silence is out of the question, and no warnings of the door itself.
const TEMPERATURE_ALONE: Overrides = Overrides {
    report_interval: Some(Span::hours(8)),
    door_warning: Some(Span::hours(100)),
    door_critical: Some(Span::hours(100)),
    ..NOTHING_SET
};

#[rustfmt::skip]
fn scenarios() -> Vec<Scenario> {
    use Step::{Contact, Limits, Read};
    vec![
        Scenario::new("the door must have been closed all the time", &[
            (Contact(-1.0, Door::Closed), (UnitStatus::Pending, CALM, 1)),
            (Read(0.0, 46.0), (UnitStatus::Excursion, &[(AlertKind::TempExcursion, Severity::Warning)], 2)),
            (Read(30.0, 46.0), (AlarmActive, ALARMED, 3)),
            (Contact(35.0, Door::Open), (AlarmActive, ALARMED, 4)),
            (Read(36.0, 46.0), (AlarmActive, ALARMED, 5)),
            (Contact(40.0, Door::Closed), (AlarmActive, ALARMED, 6)),
            (Read(50.0, 46.0), (AlarmActive, ALARMED, 7)),
            (Read(94.0, 46.0), (AlarmActive, ALARMED, 8)),
            (Read(95.0, 46.0), (AlarmActive, WITH_ALARM, 9)),
        ]).with(TEMPERATURE_ALONE),
        Scenario::new("and it out of range", &[
            (Read(0.0, 46.0), (UnitStatus::Excursion, &[(AlertKind::TempExcursion, Severity::Warning)], 1)),
            (Read(30.0, 40.5), (AlarmActive, ALARMED, 2)),
            (Read(50.0, 46.0), (AlarmActive, ALARMED, 3)),
        ]).with(TEMPERATURE_ALONE),
        Scenario::new("too cold is no failure of the cooling", &[
            (Read(0.0, 20.0), (UnitStatus::Excursion, &[(AlertKind::TempExcursion, Severity::Warning)], 1)),
            (Read(50.0, 20.0), (AlarmActive, ALARMED, 2)),
        ]).with(TEMPERATURE_ALONE),
        Scenario::new("it ends when limits are set by which it is in range", &[
            (Read(0.0, 46.0), (UnitStatus::Excursion, &[(AlertKind::TempExcursion, Severity::Warning)], 1)),
            (Read(50.0, 46.0), (AlarmActive, WITH_ALARM, 2)),
            (Limits(51.0, 33.0, 50.0), (Restoring, CALM, 2)),
        ]).with(TEMPERATURE_ALONE),
    ]
}
