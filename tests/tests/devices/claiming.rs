//! What a device sent before anybody registered it.

use crate::{EUI, Kitchen};
use freshtrack_contracts::devices::SensorView;
use freshtrack_contracts::ingest::ItemStatus::{Accepted, Quarantined};
use freshtrack_contracts::problem::ProblemCode;
use http::StatusCode;
use serde_json::{Value as Json, json};

#[tokio::test]
async fn frames_that_came_before_the_device_was_claimed_become_readings() {
    let kitchen = Kitchen::open().await;
    for count in 1..=60 {
        assert_eq!(kitchen.frame(EUI, count, 350).await, Quarantined);
    }
    let kept: Json = kitchen.get("quarantine").await.ok();
    let frame = kept["items"][0]["id"].as_str().unwrap();
    let claim = json!({ "model": "dragino-lht65n", "name": "Forgotten", "unit_id": kitchen.units[0] });
    let answer = kitchen
        .post(&format!("quarantine/{frame}/claim"), claim.clone())
        .await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    let sensor: SensorView = answer.ok();
    assert_eq!(
        (sensor.name.as_str(), sensor.dev_eui.as_str()),
        ("Forgotten", EUI)
    );
    kitchen.world.settled().await;
    let readings = kitchen.readings(0).await;
    assert_eq!(readings.len(), 60);
    assert!(readings.iter().all(|reading| reading.sensor_id == sensor.id));
    assert_eq!(kitchen.shown(0).await, (Some(3.5), "ok".to_owned()));
    let kept: Json = kitchen.get("quarantine").await.ok();
    assert_eq!(kept["items"], json!([]));
    assert_eq!(kitchen.frame(EUI, 61, 360).await, Accepted);
    let gone = kitchen.post(&format!("quarantine/{frame}/claim"), claim).await;
    assert_eq!(gone.code(), ProblemCode::NotFound);
}
