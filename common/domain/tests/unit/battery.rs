//! What a unit makes of the batteries of its sensors (specification 2.7 and 14, decision 11).

use crate::play::{CALM, Scenario, Step, every, play, sentences, told};
use crate::support::sensor;
use UnitStatus::{Ok, Pending};
use freshtrack_domain::alert::{AlertKind, Severity};
use freshtrack_domain::unit::UnitStatus;

const LOW: &[(AlertKind, Severity)] = &[(AlertKind::LowBattery, Severity::Warning)];
const BOTH_LOW: &[(AlertKind, Severity)] = &[
    (AlertKind::LowBattery, Severity::Warning),
    (AlertKind::LowBattery, Severity::Warning),
];

#[test]
fn every_scenario_goes_as_specified() {
    every(&scenarios());
}

#[rustfmt::skip]
fn scenarios() -> Vec<Scenario> {
    use Step::{Active, Charge, ChargeBeside, Read, TakeAway, Volts};
    vec![
        Scenario::new("ten percent are low, and more than twenty are needed to end it", &[
            (Charge(0.0, 11), (Ok, CALM, 1)),
            (Charge(5.0, 10), (Ok, LOW, 2)),
            (Charge(10.0, 11), (Ok, LOW, 3)),
            (Charge(15.0, 20), (Ok, LOW, 4)),
            (Read(20.0, 38.0), (Ok, LOW, 5)),
            (Charge(25.0, 21), (Ok, CALM, 6)),
            (Charge(30.0, 20), (Ok, CALM, 7)),
        ]),
        Scenario::new("a sensor that tells volts alone is judged by volts, and ends it by volts", &[
            (Volts(0.0, 2_500), (Ok, CALM, 1)),
            (Volts(5.0, 2_499), (Ok, LOW, 2)),
            (Volts(10.0, 2_599), (Ok, LOW, 3)),
            (Volts(15.0, 2_600), (Ok, CALM, 4)),
        ]),
        Scenario::new("where both are told the percentage decides", &[
            (Charge(0.0, 9), (Ok, LOW, 1)),
            (Volts(5.0, 3_000), (Ok, LOW, 2)),
            (Charge(10.0, 90), (Ok, CALM, 3)),
            (Volts(15.0, 2_000), (Ok, CALM, 4)),
        ]),
        Scenario::new("each sensor for itself", &[
            (Charge(0.0, 9), (Ok, LOW, 1)),
            (ChargeBeside(1.0, 6), (Ok, BOTH_LOW, 2)),
            (Charge(5.0, 90), (Ok, LOW, 3)),
            (ChargeBeside(6.0, 90), (Ok, CALM, 4)),
        ]),
        Scenario::new("what is older than what is known says nothing", &[
            (Charge(5.0, 50), (Ok, CALM, 1)),
            (Charge(0.0, 5), (Ok, CALM, 2)),
        ]),
        Scenario::new("a sensor that is taken away takes its battery with it", &[
            (ChargeBeside(0.0, 6), (Pending, LOW, 1)),
            (TakeAway(1.0, 0), (Pending, CALM, 1)),
        ]),
        Scenario::new("a unit that is judged no more has no batteries to change", &[
            (Charge(0.0, 9), (Ok, LOW, 1)),
            (ChargeBeside(1.0, 6), (Ok, BOTH_LOW, 2)),
            (Active(2.0, false), (Pending, CALM, 2)),
        ]),
    ]
}

#[test]
fn the_alert_names_the_sensor_and_what_is_left() {
    let (_, changes) = play(&[
        Step::Charge(0.0, 50),
        Step::ChargeBeside(1.0, 8),
        Step::ChargeBeside(2.0, 97),
        Step::Volts(5.0, 3_000),
    ]);
    let alerts = told(&changes);
    assert_eq!(alerts.len(), 2);
    assert_eq!(alerts[0].sensor_id, Some(sensor(1)));
    assert_eq!(
        sentences(&changes),
        [
            "The battery of the sensor is at 8 %, where 10 % of its cells' charge is low (the standard): change it soon.",
            "The battery of the sensor is at 97 % again.",
        ]
    );
    let (_, changes) = play(&[Step::Volts(0.0, 2_450), Step::TakeAway(1.0, 0)]);
    assert_eq!(
        sentences(&changes),
        [
            "The battery of the sensor is at 2.45 V, where less than 2.50 V is low (the standard): change it soon.",
            "The sensor measures this unit no more.",
        ]
    );
}
