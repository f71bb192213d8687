//! What a unit keeps of its readings, and of which sensors.

use crate::play::{Step, apply, measured, minute, play};
use crate::support::{fridge, sensor};
use UnitStatus::{Excursion, Ok};
use freshtrack_domain::measurement::CentiCelsius;
use freshtrack_domain::reading::Reading;
use freshtrack_domain::time::Timestamp;
use freshtrack_domain::unit::{Admission, UnitRecord, UnitStatus};

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
        Step::Fit(-60.0, 30),
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
