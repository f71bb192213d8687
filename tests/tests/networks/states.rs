//! How sensors and gateways are, from what was done at their network server and what was heard.

use crate::{Connected, GATEWAY};
use freshtrack_contracts::devices::{GatewayStatus, GatewayView, SensorView};
use freshtrack_contracts::page::Page;
use freshtrack_domain::device::SensorStatus;
use freshtrack_domain::network::{JobState, Obstacle};
use freshtrack_domain::time::Span;
use freshtrack_tests::Tenant;
use http::{Method, StatusCode};
use serde_json::json;

impl Connected {
    /// The sensor alone, which the list shows likewise.
    async fn shown(&self, tenant: &Tenant) -> SensorView {
        let path = format!("{}/sensors/{}", self.org, tenant.sensor(0));
        let sensor: SensorView = self.owner.get(&path).await.ok();
        let path = format!("{}/sensors?status={}", self.org, sensor.status);
        let list: Page<SensorView> = self.owner.get(&path).await.ok();
        assert_eq!(list.items, std::slice::from_ref(&sensor));
        sensor
    }

    async fn gateway(&self) -> GatewayView {
        let path = format!("{}/gateways", self.org);
        let mut list: Page<GatewayView> = self.owner.get(&path).await.ok();
        list.items.remove(0)
    }
}

#[tokio::test]
async fn a_sensor_joins_and_reports_or_is_in_trouble() {
    let connected = Connected::start().await;
    let tenant = connected.sensor().await;
    let shown = connected.shown(&tenant).await;
    assert_eq!((shown.status, shown.registration), (SensorStatus::Pending, None));
    let fault = json!({ "method": "PUT", "path": "/js/", "status": 403 });
    connected.console(Method::POST, "faults", fault).await;
    let job = connected.provision(&tenant).await;
    connected.job_at(job.id, JobState::Blocked).await;
    let shown = connected.shown(&tenant).await;
    assert_eq!(shown.status, SensorStatus::Fault);
    let registration = shown.registration.unwrap();
    assert_eq!(registration.obstacle, Some(Obstacle::NotAllowed));
    assert_eq!((registration.job_id, registration.registered), (job.id, false));
    let retry = format!("{}/network-jobs/{}/retry", connected.org, job.id);
    let answer = connected.owner.post(&retry, json!({})).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
    connected.job_at(job.id, JobState::Succeeded).await;
    let shown = connected.shown(&tenant).await;
    assert_eq!(shown.status, SensorStatus::Joining);
    assert_eq!(shown.registration.unwrap().obstacle, None);
    connected.is_heard(&tenant).await;
    assert_eq!(connected.shown(&tenant).await.status, SensorStatus::Online);
}

#[tokio::test]
async fn a_gateway_is_online_while_frames_come_by_it() {
    let connected = Connected::start().await;
    let tenant = connected.sensor().await;
    let asked = json!({ "gateway_eui": GATEWAY, "server_id": "roof", "name": "Roof" });
    let path = format!("{}/gateways", connected.org);
    let created = connected.owner.post(&path, asked).await;
    assert_eq!(created.status, StatusCode::CREATED, "{created:?}");
    let gateway = connected.gateway().await;
    assert_eq!(
        (gateway.status, gateway.last_seen_at),
        (GatewayStatus::Pending, None)
    );
    let job = connected.provision(&tenant).await;
    connected.job_at(job.id, JobState::Succeeded).await;
    connected.is_heard(&tenant).await;
    let heard_at = connected.world.now();
    let gateway = connected.gateway().await;
    assert_eq!(
        (gateway.status, gateway.last_seen_at.unwrap().0),
        (GatewayStatus::Online, heard_at)
    );
    connected.world.advance(Span::hours(6));
    let owner = connected
        .world
        .sign_in("ann@example.com", freshtrack_tests::PASSWORD)
        .await;
    let connected = Connected { owner, ..connected };
    let gateway = connected.gateway().await;
    assert_eq!(
        (gateway.status, gateway.last_seen_at.unwrap().0),
        (GatewayStatus::Offline, heard_at)
    );
    connected.is_heard(&tenant).await;
    assert_eq!(connected.gateway().await.status, GatewayStatus::Online);
}
