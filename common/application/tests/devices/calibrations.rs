//! What a calibration adds is added from then on, and can be taken off again.

use crate::support::{Depot, EUI, START, code, minute};
use freshtrack_application::PageRequest;
use freshtrack_application::devices::{get_calibration, list_calibrations, record_calibration};
use freshtrack_contracts::devices::{CalibrationView, RecordCalibration};
use freshtrack_contracts::page::PageSize;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::alert::{AlertKind, Severity};
use freshtrack_domain::ids::SensorId;
use freshtrack_domain::text::Notes;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_testkit::{SeededIds, fresh_id};

fn ice_bath(performed_at: Timestamp) -> RecordCalibration {
    RecordCalibration {
        performed_at: performed_at.into(),
        performed_by: None,
        reference_c: Some(0.0),
        measured_c: Some(0.4),
        temperature_offset_c: None,
        humidity_offset_percent: Some(1.5),
        certificate_url: Some("https://lab.example/17".parse().unwrap()),
        notes: Notes::default(),
        expires_at: Some((performed_at + Span::hours(2)).into()),
    }
}

impl Depot {
    async fn calibrate(&self, id: SensorId, input: RecordCalibration) -> CalibrationView {
        record_calibration(&self.set_up(), &self.owner(), id, input)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn offsets_are_added_from_then_on_and_the_raw_value_stays() {
    let depot = Depot::new(1).await;
    let id = depot.fitted(0).await.id;
    depot.frame(EUI, 1, 350).await;
    let calibration = depot.calibrate(id, ice_bath(minute(5))).await;
    assert_eq!(
        (calibration.temperature_offset_c, calibration.in_force),
        (-0.4, true)
    );
    depot.frame(EUI, 2, 350).await;
    let readings = depot.readings(0).await;
    assert_eq!(
        (
            readings[0].temperature_c,
            readings[0].raw_temperature_c,
            readings[0].raw_humidity_percent
        ),
        (Some(3.5), None, None),
        "what was measured before stays as it was"
    );
    assert_eq!(
        (readings[1].temperature_c, readings[1].raw_temperature_c),
        (Some(3.1), Some(3.5))
    );
    assert_eq!(
        (readings[1].humidity_percent, readings[1].raw_humidity_percent),
        (Some(46.5), Some(45.0))
    );
    let shown = depot.sensor(id).await;
    assert_eq!(
        (shown.temperature_offset_c, shown.humidity_offset_percent),
        (-0.4, 1.5)
    );
    let in_force = shown.calibration.unwrap();
    assert_eq!((in_force.id, in_force.overdue), (calibration.id, false));
    assert_eq!(in_force.due_at.unwrap().0, minute(125));

    depot.frame(EUI, 13, 350).await;
    assert!(depot.sensor(id).await.calibration.unwrap().overdue);
    let last = depot.readings(0).await.pop().unwrap();
    assert_eq!(
        last.temperature_c,
        Some(3.1),
        "readings do not jump because a date passed"
    );
}

#[tokio::test]
async fn the_calibration_that_was_performed_last_is_in_force() {
    let depot = Depot::new(1).await;
    let id = depot.fitted(0).await.id;
    let newer = depot.calibrate(id, ice_bath(START)).await;
    let late = RecordCalibration {
        measured_c: Some(3.0),
        ..ice_bath(START - Span::hours(24))
    };
    let late = depot.calibrate(id, late).await;
    assert!(!late.in_force, "entered later, performed before");
    assert_eq!(depot.sensor(id).await.temperature_offset_c, -0.4);
    let corrected = RecordCalibration {
        measured_c: Some(0.2),
        ..ice_bath(START)
    };
    let corrected = depot.calibrate(id, corrected).await;
    assert_eq!(
        depot.sensor(id).await.temperature_offset_c,
        -0.2,
        "who was wrong enters it again"
    );

    let list = async |cursor: Option<&str>| {
        let page = PageRequest::new(PageSize::ITEMS, Some(2), cursor).unwrap();
        list_calibrations(&depot.set_up(), &depot.owner(), id, &page)
            .await
            .unwrap()
    };
    let first = list(None).await;
    let cursor = first.next_cursor.clone().unwrap();
    let second = list(Some(&cursor)).await;
    let mut ids: Vec<_> = [first.items, second.items]
        .concat()
        .iter()
        .map(|c| c.id)
        .collect();
    assert_eq!(second.next_cursor, None);
    let mut entered = vec![newer.id, late.id, corrected.id];
    ids.sort();
    entered.sort();
    assert_eq!(ids, entered);
    let other = depot.brought_in(0);
    let page = PageRequest::new(PageSize::ITEMS, None, Some(&cursor)).unwrap();
    let foreign = list_calibrations(&depot.set_up(), &depot.owner(), other, &page).await;
    assert_eq!(
        code(foreign),
        ProblemCode::InvalidRequest,
        "a cursor of another list"
    );
    let none = list_calibrations(&depot.set_up(), &depot.owner(), other, &PageRequest::default()).await;
    assert_eq!(none.unwrap().items, []);
    let of_other = get_calibration(&depot.set_up(), &depot.owner(), other, newer.id).await;
    assert_eq!(code(of_other), ProblemCode::NotFound);
}

#[tokio::test]
async fn a_calibration_is_recorded_once_and_only_if_it_makes_sense() {
    let depot = Depot::new(1).await;
    let id = depot.fitted(0).await.id;
    let record = async |input| {
        let ids = SeededIds::new(7);
        record_calibration(&depot.set_up_with(&ids), &depot.owner(), id, input).await
    };
    let first = record(ice_bath(START)).await.unwrap();
    assert_eq!(record(ice_bath(START)).await.unwrap(), first);
    let all = list_calibrations(&depot.set_up(), &depot.owner(), id, &PageRequest::default()).await;
    assert_eq!(all.unwrap().items, [first]);

    let good = ice_bath(START);
    for bad in [
        RecordCalibration {
            measured_c: None,
            ..good.clone()
        },
        RecordCalibration {
            temperature_offset_c: Some(1.0),
            ..good.clone()
        },
        RecordCalibration {
            measured_c: Some(25.0),
            ..good.clone()
        },
        RecordCalibration {
            performed_at: (START + Span::hours(1)).into(),
            ..good.clone()
        },
        RecordCalibration {
            expires_at: Some(START.into()),
            ..good.clone()
        },
        RecordCalibration {
            humidity_offset_percent: Some(80.0),
            ..good.clone()
        },
    ] {
        let refused = record_calibration(&depot.set_up(), &depot.owner(), id, bad).await;
        assert_eq!(code(refused), ProblemCode::InvalidRequest);
    }
    let nobody = record_calibration(&depot.set_up(), &depot.owner(), fresh_id(), good).await;
    assert_eq!(code(nobody), ProblemCode::NotFound);
}

#[tokio::test]
async fn a_unit_is_told_when_the_calibration_of_the_sensor_that_drives_it_expires() {
    let depot = Depot::new(1).await;
    let id = depot.brought_in(0);
    let beside = depot.fitted(0).await.id;
    depot.frame(EUI, 1, 350).await;
    depot.calibrate(beside, ice_bath(minute(5))).await;
    depot.follow().await;
    assert_eq!(depot.state(0).await.state.calibrated_until, None);
    depot.calibrate(id, ice_bath(minute(5))).await;
    depot.follow().await;
    let state = depot.state(0).await.state;
    assert_eq!(state.calibrated_until, Some(minute(5) + Span::hours(2)));
    let due = state.alert(AlertKind::CalibrationDue).unwrap();
    assert_eq!(due.severity, Severity::Info, "there is not a month left");
    depot.frame(EUI, 2, 350).await;
    let longer = RecordCalibration {
        expires_at: Some((minute(10) + Span::hours(24 * 365)).into()),
        ..ice_bath(minute(10))
    };
    depot.calibrate(id, longer).await;
    depot.follow().await;
    assert_eq!(depot.state(0).await.state.alerts, []);
}
