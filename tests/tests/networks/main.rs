//! Network servers from outside: how they are connected, and what is done through them.

mod connections;

use freshtrack_contracts::networks::NewNetwork;
use freshtrack_contracts::organizations::OrganizationView;
use freshtrack_local::network_servers::PATH;
use freshtrack_tests::{Answer, Person, World};
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};

/// A key that opens everything at the network servers of a machine that nobody has set up yet.
const KEY: &str = "NNSXS.LOCAL.EVERYTHING";

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
