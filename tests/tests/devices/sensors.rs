//! A sensor is registered, moved, replaced and retired, and each of its frames counts where it is.

use crate::{EUI, Kitchen};
use freshtrack_contracts::devices::SensorView;
use freshtrack_contracts::ingest::ItemStatus::{Accepted, Quarantined};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::device::SensorStatus;
use freshtrack_domain::time::Span;
use http::{Method, StatusCode, header};
use serde_json::{Value as Json, json};

#[tokio::test]
async fn a_registered_sensor_is_on_the_screen_with_its_first_frame() {
    let kitchen = Kitchen::open().await;
    let sensor = kitchen.register("a8-40-41-00-00-18-2c-3d", 0).await;
    assert_eq!(
        (sensor.dev_eui.as_str(), sensor.status),
        (EUI, SensorStatus::Pending)
    );
    assert_eq!(kitchen.frame(EUI, 1, 350).await, Accepted);
    assert_eq!(kitchen.shown(0).await, (Some(3.5), "ok".to_owned()));
    let readings = kitchen.readings(0).await;
    assert_eq!((readings.len(), readings[0].sensor_id), (1, sensor.id));
    let heard = kitchen.sensor(&sensor.id.to_string()).await;
    assert_eq!(
        (heard.status, heard.battery_percent, heard.rssi_dbm),
        (SensorStatus::Online, Some(100), Some(-97))
    );
    assert_eq!(heard.seen_at.unwrap().0, kitchen.now());
    kitchen.world.advance(Span::hours(1));
    let silent: Page<SensorView> = kitchen.get("sensors?status=offline").await.ok();
    assert_eq!(silent.items.len(), 1);
    kitchen.world.settled().await;
}

#[tokio::test]
async fn after_a_move_the_next_frame_counts_for_the_new_unit_and_not_for_the_old() {
    let kitchen = Kitchen::open().await;
    let sensor = kitchen.register(EUI, 0).await;
    assert_eq!(kitchen.frame(EUI, 1, 350).await, Accepted);
    let moved = kitchen
        .post(
            &format!("sensors/{}/assign", sensor.id),
            json!({ "unit_id": kitchen.units[1] }),
        )
        .await;
    let moved: SensorView = moved.ok();
    assert_eq!(
        (moved.unit_id.unwrap().to_string(), moved.primary),
        (kitchen.units[1].clone(), true)
    );
    // At once: nothing has been waited for, and everything that was looked up is remembered still.
    assert_eq!(kitchen.frame(EUI, 2, 360).await, Accepted);
    assert_eq!(
        (kitchen.readings(0).await.len(), kitchen.readings(1).await.len()),
        (1, 1)
    );
    assert_eq!(kitchen.shown(1).await, (Some(3.6), "ok".to_owned()));

    let unassign = format!("sensors/{}/unassign", sensor.id);
    let loose: SensorView = kitchen.post(&unassign, json!({})).await.ok();
    assert_eq!((loose.unit_id, loose.status), (None, SensorStatus::Unassigned));
    assert_eq!(kitchen.frame(EUI, 3, 370).await, Quarantined);
    let kept: Json = kitchen.get("quarantine").await.ok();
    assert_eq!(kept["items"][0]["reason"], "unassigned");
    let assign = format!("sensors/{}/assign", sensor.id);
    let back: SensorView = kitchen
        .post(&assign, json!({ "unit_id": kitchen.units[0] }))
        .await
        .ok();
    assert_eq!(
        back.status,
        SensorStatus::Online,
        "it is heard of in its unit before"
    );
    kitchen.world.settled().await;
    assert_eq!(
        kitchen.readings(0).await.len(),
        2,
        "what was kept is taken in where it is now"
    );
    let kept: Json = kitchen.get("quarantine").await.ok();
    assert_eq!(kept["items"], json!([]));
}

#[tokio::test]
async fn another_device_takes_over_and_history_says_so() {
    const HEIR: &str = "A840410000182C3E";
    let kitchen = Kitchen::open().await;
    let old = kitchen.register(EUI, 0).await;
    let renamed = json!({ "name": "Back wall", "report_interval_seconds": 1_200 });
    let answer = kitchen.patch(&format!("sensors/{}", old.id), renamed).await;
    assert_eq!(answer.headers[header::ETAG], "\"2\"");
    assert_eq!(kitchen.frame(EUI, 1, 350).await, Accepted);
    let replace = format!("sensors/{}/replace", old.id);
    let answer = kitchen.post(&replace, json!({ "dev_eui": HEIR })).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    let heir: SensorView = answer.ok();
    assert_eq!(
        (heir.name.as_str(), heir.report_interval_seconds),
        ("Back wall", 1_200)
    );
    assert_eq!((heir.primary, heir.replaces), (true, Some(old.id)));
    let retired = kitchen.sensor(&old.id.to_string()).await;
    assert_eq!(retired.retired.unwrap().replaced_by, Some(heir.id));
    assert_eq!(kitchen.frame(HEIR, 1, 380).await, Accepted);
    assert_eq!(kitchen.frame(EUI, 2, 900).await, Quarantined);
    assert_eq!(kitchen.shown(0).await, (Some(3.8), "ok".to_owned()));
    let sensors: Vec<_> = kitchen
        .readings(0)
        .await
        .iter()
        .map(|reading| reading.sensor_id)
        .collect();
    assert_eq!(sensors, [old.id, heir.id]);
    let log: Json = kitchen.get("audit").await.ok();
    let actions: Vec<&str> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    assert!(actions.contains(&"sensor.replaced"), "{actions:?}");
}

#[tokio::test]
async fn a_retired_sensor_is_free_for_others_and_a_registered_one_is_not() {
    let kitchen = Kitchen::open().await;
    let sensor = kitchen.register(EUI, 0).await;
    let rival = kitchen.world.person("ben@example.com").await;
    let organization = json!({ "name": "Pier Grill", "time_zone": "America/New_York" });
    let rivals = crate::create(&rival, "/v1/orgs", organization).await;
    let rivals = format!("/v1/orgs/{rivals}");
    let key = crate::key(&rival, &rivals, &["read", "manage_devices"]).await;
    let api = kitchen.world.api;
    let register = async || {
        let input = json!({ "dev_eui": EUI, "model": "dragino-lht65n" });
        api.post(&format!("{rivals}/sensors"), &key, input.to_string())
            .await
    };
    let refused = register().await;
    assert_eq!(refused.code(), ProblemCode::Conflict);
    let told = String::from_utf8_lossy(&refused.body).into_owned();
    assert!(!told.contains("Harbour") && !told.contains("org_"), "{told}");
    let foreign = api.get(&format!("{rivals}/sensors/{}", sensor.id), &key).await;
    assert_eq!(foreign.code(), ProblemCode::NotFound);

    assert_eq!(kitchen.frame(EUI, 1, 350).await, Accepted);
    let retire = format!("sensors/{}/retire", sensor.id);
    let retired: SensorView = kitchen.post(&retire, json!({})).await.ok();
    assert_eq!(retired.status, SensorStatus::Retired);
    assert_eq!(kitchen.frame(EUI, 2, 350).await, Quarantined);
    assert_eq!(register().await.status, StatusCode::CREATED);
    assert_eq!(kitchen.readings(0).await.len(), 1, "what it has measured stays");
}

#[tokio::test]
async fn the_sensor_that_drives_a_unit_is_one_and_can_be_another() {
    let kitchen = Kitchen::open().await;
    let first = kitchen.register(EUI, 0).await;
    let second = kitchen.register("A840410000182C3E", 0).await;
    assert_eq!((first.primary, second.primary), (true, false));
    assert_eq!(kitchen.frame(EUI, 1, 350).await, Accepted);
    assert_eq!(kitchen.frame(&second.dev_eui, 1, 900).await, Accepted);
    assert_eq!(
        kitchen.shown(0).await,
        (Some(3.5), "ok".to_owned()),
        "it is seen, and not judged by"
    );
    let path = format!("sensors/{}", second.id);
    let updated: SensorView = kitchen.patch(&path, json!({ "primary": true })).await.ok();
    assert!(updated.primary);
    assert!(!kitchen.sensor(&first.id.to_string()).await.primary);
    assert_eq!(kitchen.frame(&second.dev_eui, 2, 400).await, Accepted);
    assert_eq!(kitchen.frame(EUI, 2, 900).await, Accepted);
    assert_eq!(kitchen.shown(0).await.0, Some(4.0));
}

#[tokio::test]
async fn a_request_that_is_sent_twice_registers_once() {
    let kitchen = Kitchen::open().await;
    let input = json!({ "dev_eui": EUI, "model": "dragino-lht65n" }).to_string();
    let send = async || {
        let request = http::Request::builder()
            .method(Method::POST)
            .uri(kitchen.path("sensors"))
            .header(header::AUTHORIZATION, format!("Bearer {}", kitchen.key))
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", "one and the same")
            .body(input.clone().into())
            .unwrap();
        let answer = freshtrack_local::client::send(kitchen.world.api.address, request).await;
        let (parts, body) = answer.unwrap().into_parts();
        assert_eq!(parts.status, StatusCode::CREATED, "{body:?}");
        serde_json::from_slice::<SensorView>(&body).unwrap()
    };
    let first = send().await;
    assert_eq!(send().await.id, first.id);
    let all: Page<SensorView> = kitchen.get("sensors").await.ok();
    assert_eq!(all.items.len(), 1);
}
