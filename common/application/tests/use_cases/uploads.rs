//! What a program took itself, up to a thousand readings at a time.

use crate::support::{Stage, minute};
use freshtrack_application::{Failure, PortErrorKind, upload_readings};
use freshtrack_contracts::ingest::ItemStatus::{self, Accepted, Duplicate, Queued, Rejected};
use freshtrack_contracts::ingest::{IngestReport, MAX_UPLOAD, UploadReadings};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::device::Sensor;
use freshtrack_domain::measurement::{CentiCelsius, Door, SensorFault};
use freshtrack_testkit::{Kitchen, World};
use serde_json::{Value, json};

impl Stage {
    async fn try_upload(&self, readings: Vec<Value>) -> Result<IngestReport, Failure> {
        let World { records, .. } = &self.world;
        let upload = UploadReadings { readings };
        upload_readings(records, &self.world.record(), self.scope(), upload).await
    }

    async fn upload(&self, readings: Vec<Value>) -> Vec<(ItemStatus, Option<String>)> {
        let results = self.try_upload(readings).await.unwrap().results;
        assert!(results.iter().map(|result| result.index).eq(0..results.len()));
        results
            .into_iter()
            .map(|result| (result.status, result.reason))
            .collect()
    }

    fn sensor(&self) -> &Sensor {
        &self.kitchen.sensors[0]
    }
}

fn statuses(results: &[(ItemStatus, Option<String>)]) -> Vec<ItemStatus> {
    results.iter().map(|(status, _)| *status).collect()
}

fn at(minutes: u32) -> String {
    minute(minutes).to_string()
}

#[tokio::test]
async fn each_reading_is_answered_in_its_place() {
    let stage = Stage::new(1);
    let (id, eui) = (stage.sensor().id, stage.sensor().dev_eui.to_string());
    let readings = vec![
        json!({ "sensor_id": id, "recorded_at": at(0), "temperature_c": 3.5, "humidity_percent": 45.5 }),
        json!({ "dev_eui": eui, "recorded_at": at(0), "temperature_c": 9.9 }),
        json!({ "sensor_id": id, "dev_eui": eui, "recorded_at": at(1), "temperature_c": 3.5 }),
        json!({ "recorded_at": at(1), "temperature_c": 3.5 }),
        json!({ "dev_eui": "no", "recorded_at": at(1), "temperature_c": 3.5 }),
        json!({ "dev_eui": "A840410000181061", "recorded_at": at(1), "temperature_c": 3.5 }),
        json!({ "dev_eui": eui, "recorded_at": "yesterday", "temperature_c": 3.5 }),
        json!({ "dev_eui": eui, "recorded_at": at(1), "temperature_c": 1e9 }),
        json!({ "dev_eui": eui, "recorded_at": at(1), "humidity_percent": 100.1 }),
        json!({ "dev_eui": eui, "recorded_at": at(1), "battery_percent": 101 }),
        json!({ "dev_eui": eui, "recorded_at": at(1), "battery_percent": 50 }),
        json!({ "dev_eui": eui, "recorded_at": at(1), "temperatur_c": 3.5 }),
        json!("3.5"),
        json!({ "dev_eui": eui, "recorded_at": at(2), "door_open": true, "battery_percent": 80 }),
    ];
    let results = stage.upload(readings).await;
    let mut expected = vec![Rejected; 14];
    (expected[0], expected[1], expected[13]) = (Accepted, Duplicate, Accepted);
    assert_eq!(statuses(&results), expected);
    assert!(
        results
            .iter()
            .all(|(status, reason)| (*status == Rejected) == reason.is_some())
    );
    let reason = |place: usize| results[place].1.as_deref().unwrap();
    assert_eq!(reason(2), "Give either sensor_id or dev_eui.");
    assert_eq!(reason(3), "Give either sensor_id or dev_eui.");
    assert_eq!(reason(5), "The organization has no such sensor.");
    assert_eq!(reason(8), "humidity_percent must be 0 to 100.");
    assert_eq!(reason(10), "the reading carries no measurement");

    let readings = stage.readings(0).await;
    assert_eq!(readings.len(), 2);
    assert_eq!(
        (readings[0].temperature_c, readings[0].humidity_percent),
        (Some(3.5), Some(45.5))
    );
    assert_eq!(
        (readings[1].temperature_c, readings[1].door_open),
        (None, Some(true))
    );
    let state = stage.record_of(0).await.state;
    assert_eq!(state.door.map(|door| door.door), Some(Door::Open));
    assert_eq!(state.battery_percent(), Some(80));
}

#[tokio::test]
async fn an_upload_holds_one_to_a_thousand_readings() {
    let stage = Stage::new(1);
    let reading = |place: usize| json!({ "sensor_id": stage.sensor().id, "recorded_at": at(u32::try_from(place).unwrap()), "temperature_c": 3.5 });
    for count in [0, MAX_UPLOAD + 1] {
        let refused = stage.try_upload((0..count).map(reading).collect()).await;
        assert!(
            matches!(&refused, Err(Failure::Refused(refusal)) if refusal.code == ProblemCode::InvalidRequest),
            "{count}: {refused:?}"
        );
    }
    let full: Vec<Value> = (0..MAX_UPLOAD).map(reading).collect();
    assert_eq!(
        statuses(&stage.upload(full.clone()).await),
        [Accepted; MAX_UPLOAD]
    );
    assert_eq!(statuses(&stage.upload(full).await), [Duplicate; MAX_UPLOAD]);
    assert_eq!(stage.blocks(0).await.len(), MAX_UPLOAD / 72);
}

#[tokio::test]
async fn the_calibration_offset_is_added_and_what_no_unit_can_be_is_a_fault() {
    let stage = Stage::new(1);
    let calibrated = Sensor {
        temperature_offset: CentiCelsius(50),
        ..stage.sensor().clone()
    };
    stage.world.register(&calibrated).await.unwrap();
    let readings = vec![
        json!({ "sensor_id": calibrated.id, "recorded_at": at(0), "temperature_c": 3.5 }),
        json!({ "sensor_id": calibrated.id, "recorded_at": at(5), "temperature_c": 327.67 }),
    ];
    assert_eq!(statuses(&stage.upload(readings).await), [Accepted, Accepted]);
    let readings = stage.readings(0).await;
    assert_eq!(
        (readings[0].temperature_c, readings[1].temperature_c),
        (Some(4.0), None)
    );
    assert_eq!(readings[1].fault, Some(SensorFault::Implausible));
}

#[tokio::test]
async fn another_organizations_sensor_is_no_sensor() {
    let stage = Stage::new(1);
    let neighbours = Kitchen::new(1);
    stage.world.import(&neighbours).await.unwrap();
    let theirs = &neighbours.sensors[0];
    let readings = vec![
        json!({ "sensor_id": theirs.id, "recorded_at": at(0), "temperature_c": 3.5 }),
        json!({ "dev_eui": theirs.dev_eui.to_string(), "recorded_at": at(0), "temperature_c": 3.5 }),
    ];
    let expected = (Rejected, Some("The organization has no such sensor.".to_owned()));
    assert_eq!(stage.upload(readings).await, [expected.clone(), expected]);
}

#[tokio::test]
async fn trouble_of_the_store_is_ours_and_spoils_nothing() {
    let stage = Stage::new(1);
    let readings = || {
        vec![
            json!({ "sensor_id": stage.sensor().id, "recorded_at": at(0), "temperature_c": 3.5 }),
            json!({ "sensor_id": stage.sensor().id, "recorded_at": at(5), "temperature_c": 3.5 }),
        ]
    };
    let World { memory, records, .. } = &stage.world;
    records
        .faults
        .fail_after(1, "devices.by_id", PortErrorKind::Unavailable, 1);
    assert!(matches!(
        stage.try_upload(readings()).await,
        Err(Failure::Fault(_))
    ));
    assert_eq!(stage.readings(0).await, []);
    memory
        .faults
        .fail("unit_states.save", PortErrorKind::Throttled, 1);
    assert_eq!(statuses(&stage.upload(readings()).await), [Queued, Queued]);
    stage.drain().await;
    assert_eq!(statuses(&stage.upload(readings()).await), [Duplicate, Duplicate]);
}
