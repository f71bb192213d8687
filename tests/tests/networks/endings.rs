//! Places and organizations that are deleted: what can come back keeps its sensors at their network server.

use crate::Connected;
use freshtrack_contracts::networks::JobView;
use freshtrack_contracts::page::Page;
use freshtrack_domain::network::{JobKind, JobState, RemovalReason};
use freshtrack_domain::time::Span;
use freshtrack_tests::{PASSWORD, Tenant, eventually};
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};

impl Connected {
    /// In how many parts of its network server the sensor is known.
    async fn known(&self, tenant: &Tenant) -> usize {
        let path = format!("devices/{}", tenant.dev_eui(0));
        let known: Json = self.console(Method::GET, &path, json!({})).await.ok();
        known["things_stack"].as_array().unwrap().len()
    }

    /// Waits until the network server knows nothing of the sensor.
    async fn forgotten(&self, tenant: &Tenant) {
        eventually("the network server has forgotten the sensor", async || {
            (self.known(tenant).await == 0).then_some(())
        })
        .await;
    }

    /// The removals of the sensor that were asked for.
    async fn removals(&self, tenant: &Tenant) -> Vec<JobView> {
        let path = format!("{}/network-jobs?sensor_id={}", self.org, tenant.sensor(0));
        let jobs: Page<JobView> = self.owner.get(&path).await.ok();
        let removals = jobs.items.into_iter();
        removals.filter(|job| job.kind == JobKind::Deprovision).collect()
    }

    /// The owner does what needs no body.
    async fn does(&self, method: Method, path: &str) {
        let token = &self.owner.tokens.access_token.0;
        let done = self.world.api.send(method, path, Some(token), "").await;
        assert_eq!(done.status, StatusCode::NO_CONTENT, "{done:?}");
        self.world.settled().await;
    }

    async fn signs_in_again(&mut self) {
        self.owner = self.world.sign_in("ann@example.com", PASSWORD).await;
    }
}

/// A sensor that is registered and was heard.
async fn ready() -> (Connected, Tenant) {
    let connected = Connected::start().await;
    let tenant = connected.sensor().await;
    let job = connected.provision(&tenant).await;
    connected.job_at(job.id, JobState::Succeeded).await;
    connected.is_heard(&tenant).await;
    (connected, tenant)
}

/// A place is deleted and restored, and its sensor goes on; it is purged, and its sensor leaves for `reason`.
async fn comes_back_and_goes(path: &str, connected: &Connected, tenant: &Tenant, reason: RemovalReason) {
    connected.does(Method::DELETE, path).await;
    assert_eq!(connected.known(tenant).await, 4);
    connected.does(Method::POST, &format!("{path}/restore")).await;
    connected.world.advance(Span::minutes(1));
    connected.is_heard(tenant).await;
    connected.does(Method::DELETE, path).await;
    connected.does(Method::POST, &format!("{path}/purge")).await;
    connected.forgotten(tenant).await;
    connected.world.settled().await;
    let removals = connected.removals(tenant).await;
    assert_eq!(removals.len(), 1, "{removals:?}");
    assert_eq!(
        (removals[0].state, removals[0].reason),
        (JobState::Succeeded, Some(reason))
    );
}

#[tokio::test]
async fn the_sensor_of_a_unit_leaves_when_the_unit_is_gone_for_good() {
    let (connected, tenant) = ready().await;
    let path = format!("{}/units/{}", connected.org, tenant.unit(0).id);
    comes_back_and_goes(&path, &connected, &tenant, RemovalReason::UnitDeleted).await;
    // It measures nothing, and can be registered again without being asked for what is known of it.
    let asked = json!({ "network_id": connected.network.network.id, "join_eui": "A840410000000101" });
    let again = connected
        .owner
        .post(&connected.provisioning(&tenant), asked)
        .await;
    assert_eq!(again.status, StatusCode::ACCEPTED, "{again:?}");
    let again: JobView = again.ok();
    connected.job_at(again.id, JobState::Succeeded).await;
}

#[tokio::test]
async fn the_sensors_of_a_site_leave_when_the_site_is_gone_for_good() {
    let (connected, tenant) = ready().await;
    let sites: Json = connected
        .owner
        .get(&format!("{}/sites", connected.org))
        .await
        .ok();
    let path = format!(
        "{}/sites/{}",
        connected.org,
        sites["items"][0]["id"].as_str().unwrap()
    );
    comes_back_and_goes(&path, &connected, &tenant, RemovalReason::SiteDeleted).await;
}

#[tokio::test]
async fn the_sensors_of_an_organization_leave_when_it_cannot_be_restored_any_more() {
    let (mut connected, tenant) = ready().await;
    let org = connected.org.clone();
    connected.does(Method::DELETE, &org).await;
    connected.world.advance(Span::hours(29 * 24));
    connected.world.settled().await;
    assert_eq!(connected.known(&tenant).await, 4);
    connected.signs_in_again().await;
    let restored = connected.owner.post(&format!("{org}/restore"), json!({})).await;
    assert_eq!(restored.status, StatusCode::OK, "{restored:?}");
    // The time for which the gateway remembers that a credential was none.
    connected.world.advance(Span::seconds(61));
    connected.world.settled().await;
    connected.is_heard(&tenant).await;
    connected.does(Method::DELETE, &org).await;
    connected.world.advance(Span::hours(30 * 24) + Span::minutes(10));
    connected.forgotten(&tenant).await;
}
