//! The calibration of the sensor that drives a unit (specification 2.7 and 14, decision 16).

use crate::play::{CALM, Scenario, Step, every, play, sentences};
use UnitStatus::Pending;
use freshtrack_domain::alert::{AlertKind, Severity};
use freshtrack_domain::unit::UnitStatus;

const SOON: &[(AlertKind, Severity)] = &[(AlertKind::CalibrationDue, Severity::Info)];
const EXPIRED: &[(AlertKind, Severity)] = &[(AlertKind::CalibrationDue, Severity::Warning)];
/// Minutes in a day.
const DAY: f64 = 24.0 * 60.0;

#[test]
fn every_scenario_goes_as_specified() {
    every(&scenarios());
}

#[rustfmt::skip]
fn scenarios() -> Vec<Scenario> {
    use Step::{Active, Calibrate, Tick};
    vec![
        Scenario::new("it is told a month before, and again when it has expired", &[
            (Calibrate(0.0, Some(365)), (Pending, CALM, 0)),
            (Tick(335.0 * DAY - 0.1), (Pending, CALM, 0)),
            (Tick(335.0 * DAY), (Pending, SOON, 0)),
            (Tick(365.0 * DAY - 0.1), (Pending, SOON, 0)),
            (Tick(365.0 * DAY), (Pending, EXPIRED, 0)),
            (Calibrate(366.0 * DAY, Some(365)), (Pending, CALM, 0)),
        ]),
        Scenario::new("one that expires soon is told at once", &[
            (Calibrate(0.0, Some(10)), (Pending, SOON, 0)),
            (Calibrate(1.0, Some(0)), (Pending, EXPIRED, 0)),
            (Calibrate(2.0, Some(20)), (Pending, SOON, 0)),
            (Calibrate(3.0, None), (Pending, CALM, 0)),
        ]),
        Scenario::new("nobody minds while the unit is not judged", &[
            (Calibrate(0.0, Some(10)), (Pending, SOON, 0)),
            (Active(1.0, false), (Pending, CALM, 0)),
            (Tick(11.0 * DAY), (Pending, CALM, 0)),
            (Active(12.0 * DAY, true), (Pending, EXPIRED, 0)),
        ]),
    ]
}

#[test]
fn it_says_how_long_there_is_and_where_it_is_written() {
    let (_, changes) = play(&[
        Step::Calibrate(0.0, Some(365)),
        Step::Tick(400.0 * DAY),
        Step::Calibrate(401.0 * DAY, Some(365)),
    ]);
    assert_eq!(
        sentences(&changes),
        [
            "The calibration of the sensor expires in 30 days, by the record of the last one: have it calibrated.",
            "The calibration of the sensor has expired, by the record of the last one: have it calibrated.",
            "The calibration of the sensor is in force.",
        ]
    );
}
