//! What is to be seen to beside sensors: gateways, and the catalogue.

use crate::Kitchen;
use freshtrack_contracts::devices::{DecodedFrame, DecodedRecord, GatewayStatus, GatewayView, ModelView};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a_gateway_comes_is_worked_on_and_goes() {
    let kitchen = Kitchen::open().await;
    let input = json!({
        "gateway_eui": "0016c001f153a14c",
        "server_id": "harbour-bistro-roof",
        "name": "Roof",
        "site_id": kitchen.site,
        "coordinates": { "latitude": 43.66, "longitude": -70.25 },
    });
    let answer = kitchen.post("gateways", input.clone()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    let gateway: GatewayView = answer.ok();
    assert_eq!(
        (gateway.gateway_eui.as_str(), gateway.status),
        ("0016C001F153A14C", GatewayStatus::Pending)
    );
    assert_eq!(
        kitchen.post("gateways", input).await.code(),
        ProblemCode::Conflict
    );
    let path = format!("gateways/{}", gateway.id);
    let updated: GatewayView = kitchen.patch(&path, json!({ "maintenance": true })).await.ok();
    assert_eq!(updated.status, GatewayStatus::Maintenance);
    assert_eq!(kitchen.get(&path).await.ok::<GatewayView>(), updated);
    let list: Page<GatewayView> = kitchen.get("gateways").await.ok();
    assert_eq!(list.items, [updated]);
    let retired: GatewayView = kitchen.post(&format!("{path}/retire"), json!({})).await.ok();
    assert_eq!(retired.status, GatewayStatus::Retired);
    let list: Page<GatewayView> = kitchen.get("gateways").await.ok();
    assert_eq!(list.items, []);
    kitchen.world.settled().await;
}

#[tokio::test]
async fn the_catalogue_tells_models_and_what_their_frames_say() {
    let kitchen = Kitchen::open().await;
    let models: Page<ModelView> = kitchen.get("device-models").await.ok();
    let model: ModelView = kitchen.get("device-models/dragino-lht65n").await.ok();
    assert!(models.items.contains(&model) && model.takes_downlinks);
    assert_eq!(
        kitchen.get("device-models/acme-9000").await.code(),
        ProblemCode::NotFound
    );
    let frame = json!({ "payload_base64": "y/YLDQN2AQrdf/8=" });
    let decoded: DecodedFrame = kitchen
        .post("device-models/dragino-lht65n/decode", frame)
        .await
        .ok();
    let [DecodedRecord::Decoded(values)] = &decoded.records[..] else {
        panic!("{decoded:?}");
    };
    assert_eq!(values.probe_c, Some(27.81));
    let wrong = json!({ "payload_hex": "CBF6", "f_port": 2 });
    let decoded: DecodedFrame = kitchen
        .post("device-models/dragino-lht65n/decode", wrong)
        .await
        .ok();
    assert!(matches!(&decoded.records[..], [DecodedRecord::Failed { code, .. }] if code == "truncated"));
    let nothing = kitchen
        .post("device-models/dragino-lht65n/decode", json!({}))
        .await;
    assert_eq!(nothing.code(), ProblemCode::InvalidRequest);
}
