//! Webhooks, as the network server has been told of them.

use crate::{Connected, things_stack};
use freshtrack_contracts::ingest::{IngestReport, ItemStatus};
use freshtrack_contracts::networks::{NetworkTest, NetworkView, NewNetwork, WebhookSetUpView};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::network::{JobState, TestResult, WebhookResult};
use freshtrack_domain::time::Span;
use freshtrack_tests::{Answer, Tenant, statuses};
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};

/// A key that may see to devices and to nothing else.
const LIMITED: &str = "NNSXS.LIMITED.KEY.OF.THE.APPLICATION";

impl Connected {
    /// The webhooks that a server has.
    async fn webhooks(&self, server: &str) -> Vec<Json> {
        let webhooks: Json = self.console(Method::GET, "webhooks", json!({})).await.ok();
        webhooks[server].as_array().unwrap().clone()
    }

    /// The sensor sends, and the server posts to its only webhook as it has been told.
    async fn posts(&self, tenant: &Tenant) -> Answer {
        let sent: Json = self.sends(tenant).await.ok();
        let webhooks = self.webhooks("things_stack").await;
        assert_eq!(webhooks.len(), 1, "{webhooks:?}");
        let text = |pointer: &str| webhooks[0].pointer(pointer).unwrap().as_str().unwrap();
        assert_eq!(text("/format"), "json");
        assert!(text("/base_url").starts_with("http://127.0.0.1:"));
        let secret = text("/headers/Authorization").strip_prefix("Bearer ").unwrap();
        let message = sent["message"].to_string();
        self.world
            .api
            .post(text("/uplink_message/path"), secret, message)
            .await
    }

    async fn set_up(&self) -> WebhookSetUpView {
        let shown: NetworkView = self.owner.get(&self.path("")).await.ok();
        shown.webhook.set_up.unwrap()
    }
}

#[tokio::test]
async fn frames_come_in_with_nothing_set_up_by_hand() {
    let connected = Connected::start().await;
    assert_eq!(connected.set_up().await.result, WebhookResult::Registered);
    let tenant = connected.sensor().await;
    let job = connected.provision(&tenant).await;
    connected.job_at(job.id, JobState::Succeeded).await;
    let report: IngestReport = connected.posts(&tenant).await.ok();
    assert_eq!(statuses(&report), [ItemStatus::Accepted]);

    let rotation = json!({ "overlap_hours": 0 });
    let rotated = connected
        .owner
        .post(&connected.path("/webhook-rotation"), rotation)
        .await;
    let rotated: NewNetwork = rotated.ok();
    assert_ne!(rotated.webhook_secret, connected.network.webhook_secret);
    connected.world.advance(Span::minutes(2));
    let report: IngestReport = connected.posts(&tenant).await.ok();
    assert_eq!(statuses(&report), [ItemStatus::Accepted], "by the new secret");
    let key = rotated.network.webhook.access_key_id;
    let alone = format!("{}/access-keys/{key}/rotation", connected.org);
    let alone = connected.owner.post(&alone, json!({})).await;
    assert_eq!(alone.code(), ProblemCode::Conflict);
}

#[tokio::test]
async fn a_webhook_ends_with_its_connection() {
    let connected = Connected::start().await;
    assert_eq!(connected.webhooks("things_stack").await.len(), 1);
    let token = &connected.owner.tokens.access_token.0;
    let path = connected.path("");
    let ended = connected
        .world
        .api
        .send(Method::DELETE, &path, Some(token), "")
        .await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT, "{ended:?}");
    assert!(connected.webhooks("things_stack").await.is_empty());
}

#[tokio::test]
async fn a_key_that_may_not_set_webhooks_says_what_to_do_by_hand() {
    let connected = Connected::start().await;
    let grant = |rights: &[&str]| json!({ "server": "things_stack", "application_id": "freshtrack-local", "rights": rights });
    let devices = [
        "RIGHT_APPLICATION_DEVICES_READ",
        "RIGHT_APPLICATION_DEVICES_WRITE",
        "RIGHT_APPLICATION_DEVICES_WRITE_KEYS",
        "RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE",
    ];
    let path = format!("keys/{LIMITED}");
    connected.console(Method::PUT, &path, grant(&devices)).await;
    let networks = format!("{}/networks", connected.org);
    let network: NewNetwork = connected.owner.post(&networks, things_stack(LIMITED)).await.ok();
    let connected = Connected { network, ..connected };
    let set_up = connected.set_up().await;
    assert_eq!(set_up.result, WebhookResult::NotAllowed);
    let by_hand = set_up.by_hand.unwrap();
    assert!(
        by_hand.contains(&set_up.url) && by_hand.contains("Authorization"),
        "{by_hand}"
    );
    let test = async || -> NetworkTest {
        let path = connected.path("/test");
        connected.owner.post(&path, json!({})).await.ok()
    };
    assert_eq!(test().await.result, TestResult::Working, "all else works");
    connected
        .console(Method::PUT, &path, grant(&["RIGHT_APPLICATION_ALL"]))
        .await;
    test().await;
    let set_up = connected.set_up().await;
    assert_eq!((set_up.result, set_up.by_hand), (WebhookResult::Registered, None));
    let webhooks = connected.webhooks("things_stack").await;
    assert_eq!(webhooks.len(), 2, "each connection has its own");
}

#[tokio::test]
async fn chirpstack_has_room_for_one() {
    let connected = Connected::start().await;
    let chirpstack = json!({
        "name": "ChirpStack",
        "server": {
            "kind": "chirpstack", "base_url": "https://lns.example.com",
            "tenant_id": "52f14cd4-c6f1-4fbd-8f87-4025e1d49242",
            "application_id": "17c82e96-be03-4f38-aef3-f83d48582d97",
            "device_profile_id": "14855bf7-d10d-4aee-b618-ebfcb64dc7ad",
        },
        "api_key": "chirpstack-local-everything",
    });
    let networks = format!("{}/networks", connected.org);
    let new: NewNetwork = connected.owner.post(&networks, chirpstack.clone()).await.ok();
    let set_up = new.network.webhook.set_up.unwrap();
    assert_eq!(set_up.result, WebhookResult::Registered);
    let integrations = connected.webhooks("chirpstack").await;
    assert_eq!(integrations.len(), 1);
    assert_eq!(integrations[0]["eventEndpointUrl"], set_up.url);
    let authorization = format!("Bearer {}", new.webhook_secret.0);
    assert_eq!(integrations[0]["headers"]["Authorization"], authorization);
    // Another organization's connection to the same application.
    let asked = json!({ "name": "Pier Grill", "time_zone": "UTC" });
    let other: Json = connected.owner.post("/v1/orgs", asked).await.ok();
    let networks = format!("/v1/orgs/{}/networks", other["id"].as_str().unwrap());
    let second: NewNetwork = connected.owner.post(&networks, chirpstack).await.ok();
    let set_up = second.network.webhook.set_up.unwrap();
    assert_eq!(set_up.result, WebhookResult::Taken);
    assert_eq!(connected.webhooks("chirpstack").await, integrations, "left alone");
}
