//! Network servers from outside: how they are connected, and what is done through them.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what fails here fails a test, and should say where"
)]

mod changes;
mod connections;
mod endings;
mod registrations;
mod states;
mod webhooks;

use freshtrack_contracts::ingest::{IngestReport, ItemStatus};
use freshtrack_contracts::networks::{JobView, NewNetwork};
use freshtrack_contracts::organizations::OrganizationView;
use freshtrack_domain::ids::JobId;
use freshtrack_domain::network::JobState;
use freshtrack_local::network_servers::PATH;
use freshtrack_tests::{Answer, Person, Tenant, World, eventually, statuses};
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};

/// A key that opens everything at the network servers of a machine that nobody has set up yet.
const KEY: &str = "NNSXS.LOCAL.EVERYTHING";

/// The gateway by which frames come.
const GATEWAY: &str = "0016C001F153A14C";

/// An owner, their organization, and the network server it is connected to.
struct Connected {
    world: World,
    owner: Person,
    org: String,
    network: NewNetwork,
}

impl Connected {
    async fn start() -> Self {
        let world = World::start().await;
        let owner = world.person("ann@example.com").await;
        let asked = json!({ "name": "Harbour Bistro", "time_zone": "America/New_York" });
        let org: OrganizationView = owner.post("/v1/orgs", asked).await.ok();
        let org = format!("/v1/orgs/{}", org.id);
        let answer = owner.post(&format!("{org}/networks"), things_stack(KEY)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        Self {
            network: answer.ok(),
            world,
            owner,
            org,
        }
    }

    /// A sensor of the organization, in a refrigerator.
    async fn sensor(&self) -> Tenant {
        let mut tenant = Tenant::new(self.world.api, 1);
        tenant.document.id = self
            .network
            .network
            .webhook
            .path
            .split('/')
            .nth(3)
            .unwrap()
            .parse()
            .unwrap();
        tenant.import().await;
        tenant
    }

    /// Has the sensor registered; gives the work.
    async fn provision(&self, tenant: &Tenant) -> JobView {
        let asked = json!({
            "network_id": self.network.network.id,
            "join_eui": "A840410000000101",
            "app_key": "00112233445566778899AABBCCDDEEFF",
        });
        let answer = self.owner.post(&self.provisioning(tenant), asked).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
        answer.ok()
    }

    /// The path of a sensor's registration.
    fn provisioning(&self, tenant: &Tenant) -> String {
        format!("{}/sensors/{}/provisioning", self.org, tenant.sensor(0))
    }

    /// The work as soon as it has come to `state`.
    async fn job_at(&self, job: JobId, state: JobState) -> JobView {
        let path = format!("{}/network-jobs/{job}", self.org);
        eventually(&format!("the work is {state:?}"), async || {
            let job: JobView = self.owner.get(&path).await.ok();
            Some(job).filter(|job| job.state == state)
        })
        .await
    }

    /// The sensor sends a frame, if it is let in; gives what its server posts to the webhook, and what it hears.
    async fn sends(&self, tenant: &Tenant) -> Answer {
        let frame = json!({
            "dev_eui": tenant.dev_eui(0), "f_port": 2, "payload": "CBF60B0D0376010ADD7FFF",
            "received_at": self.world.now().to_string(), "gateway_eui": GATEWAY,
        });
        self.console(Method::POST, "uplinks", frame).await
    }

    /// The sensor sends and the server tells us; gives what the sensor hears.
    async fn is_heard(&self, tenant: &Tenant) -> Json {
        let sent: Json = self.sends(tenant).await.ok();
        let webhook = &self.network.network.webhook.path;
        let secret = &self.network.webhook_secret.0;
        let posted = self
            .world
            .api
            .post(webhook, secret, sent["message"].to_string())
            .await;
        let report: IngestReport = posted.ok();
        assert_eq!(statuses(&report), [ItemStatus::Accepted]);
        sent["heard"].clone()
    }

    /// The path of the connection.
    fn path(&self, rest: &str) -> String {
        format!("{}/networks/{}{rest}", self.org, self.network.network.id)
    }

    /// What somebody does at the console of the network servers.
    async fn console(&self, method: Method, path: &str, body: Json) -> Answer {
        let path = format!("{PATH}/console/{path}");
        self.world.api.send(method, &path, None, body.to_string()).await
    }
}

fn things_stack(key: &str) -> Json {
    json!({
        "name": "The Things Stack",
        "server": { "kind": "things_stack", "address": { "sandbox": "nam1" }, "application_id": "freshtrack-local" },
        "api_key": key,
    })
}
