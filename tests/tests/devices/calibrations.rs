//! A calibration is applied to what comes after it, and what the sensor told is still to be seen.

use crate::{EUI, Kitchen};
use freshtrack_contracts::devices::{CalibrationView, SensorView};
use freshtrack_contracts::ingest::ItemStatus::Accepted;
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::time::Span;
use http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn an_offset_is_applied_at_once_and_the_raw_value_kept_when_the_log_is_sealed() {
    let kitchen = Kitchen::open().await;
    let sensor = kitchen.register(EUI, 0).await;
    assert_eq!(kitchen.frame(EUI, 1, 350).await, Accepted);
    let path = format!("sensors/{}/calibrations", sensor.id);
    let calibration = json!({
        "performed_at": kitchen.now().to_string(),
        "performed_by": "Harbour Instruments",
        "reference_c": 0.0,
        "measured_c": 0.4,
        "certificate_url": "https://certificates.example.com/17.pdf",
        "expires_at": (kitchen.now() + Span::hours(24 * 365)).to_string(),
    });
    let answer = kitchen.post(&path, calibration.clone()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    let recorded: CalibrationView = answer.ok();
    assert_eq!((recorded.temperature_offset_c, recorded.in_force), (-0.4, true));
    // More than a head of the log holds.
    for count in 2..=80 {
        assert_eq!(kitchen.frame(EUI, count, 350).await, Accepted);
    }
    assert_eq!(kitchen.shown(0).await.0, Some(3.1));
    let readings = kitchen.readings(0).await;
    assert_eq!(readings.len(), 80);
    assert_eq!(
        (readings[0].temperature_c, readings[0].raw_temperature_c),
        (Some(3.5), None)
    );
    for reading in &readings[1..] {
        assert_eq!(
            (reading.temperature_c, reading.raw_temperature_c),
            (Some(3.1), Some(3.5))
        );
    }
    let shown: SensorView = kitchen.sensor(&sensor.id.to_string()).await;
    assert_eq!(shown.calibration.unwrap().id, recorded.id);
    let list: Page<CalibrationView> = kitchen.get(&path).await.ok();
    assert_eq!(list.items, std::slice::from_ref(&recorded));
    let one: CalibrationView = kitchen.get(&format!("{path}/{}", recorded.id)).await.ok();
    assert_eq!(one, recorded);

    let mut unsafe_link = calibration;
    unsafe_link["certificate_url"] = json!("http://certificates.example.com/17.pdf");
    assert_eq!(
        kitchen.post(&path, unsafe_link).await.code(),
        ProblemCode::InvalidRequest
    );
}
