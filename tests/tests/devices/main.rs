//! Devices from outside: from the sensor in a person's hand to what it measured on the screen.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what fails here fails a test, and should say where"
)]

mod calibrations;
mod claiming;
mod sensors;
mod set_up;

use freshtrack_contracts::devices::SensorView;
use freshtrack_contracts::ingest::{IngestReport, ItemStatus};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::readings::ReadingView;
use freshtrack_domain::time::Timestamp;
use freshtrack_tests::{Answer, Frame, Person, World};
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};

/// The sensor in most stories.
const EUI: &str = "A840410000182C3D";

/// A restaurant with two refrigerators, set up by its owner by hand.
struct Kitchen {
    world: World,
    /// The key of whoever sees to the devices from then on: it outlives a person's sign-in, for frames take their time.
    key: String,
    /// The key of its network server.
    ingest_key: String,
    /// `/v1/orgs/{org_id}`.
    org: String,
    site: String,
    units: [String; 2],
}

impl Kitchen {
    async fn open() -> Self {
        let world = World::start().await;
        let owner = world.person("ann@example.com").await;
        let organization = json!({ "name": "Harbour Bistro", "time_zone": "America/New_York" });
        let id = create(&owner, "/v1/orgs", organization).await;
        let org = format!("/v1/orgs/{id}");
        let site = json!({ "name": "Pier 4", "time_zone": "America/New_York" });
        let site = create(&owner, &format!("{org}/sites"), site).await;
        let area = json!({ "site_id": site, "name": "Line" });
        let area = create(&owner, &format!("{org}/areas"), area).await;
        let unit = |name: &str| json!({ "area_id": area, "name": name, "kind": "fridge" });
        let units = format!("{org}/units");
        let units = [
            create(&owner, &units, unit("Reach-in 1")).await,
            create(&owner, &units, unit("Reach-in 2")).await,
        ];
        Self {
            key: key(
                &owner,
                &org,
                &["read", "view_audit", "manage_devices", "use_developer_tools"],
            )
            .await,
            ingest_key: key(&owner, &org, &["ingest"]).await,
            world,
            org,
            site,
            units,
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("{}/{rest}", self.org)
    }

    async fn get(&self, rest: &str) -> Answer {
        self.world.api.get(&self.path(rest), &self.key).await
    }

    async fn post(&self, rest: &str, body: Json) -> Answer {
        self.world
            .api
            .post(&self.path(rest), &self.key, body.to_string())
            .await
    }

    async fn patch(&self, rest: &str, body: Json) -> Answer {
        let path = self.path(rest);
        self.world
            .api
            .send(Method::PATCH, &path, Some(&self.key), body.to_string())
            .await
    }

    /// Registers a Dragino LHT65N in the unit at `index`.
    async fn register(&self, dev_eui: &str, index: usize) -> SensorView {
        let input = json!({ "dev_eui": dev_eui, "model": "dragino-lht65n", "unit_id": self.units[index] });
        let answer = self.post("sensors", input).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        answer.ok()
    }

    async fn sensor(&self, id: &str) -> SensorView {
        self.get(&format!("sensors/{id}")).await.ok()
    }

    /// The Things Stack delivers the frame number `count` of `dev_eui`, in hundredths of a degree; what became of it.
    async fn frame(&self, dev_eui: &str, count: u32, centi: i16) -> ItemStatus {
        self.world.advance(freshtrack_domain::time::Span::minutes(10));
        let frame = Frame::new(dev_eui, self.world.now(), count, centi);
        let path = self.path("ingest/things-stack");
        let body = frame.things_stack().to_string();
        let answer = self.world.api.post(&path, &self.ingest_key, body).await;
        let report: IngestReport = answer.ok();
        report.results[0].status
    }

    /// What was measured in the unit at `index` within the last day.
    async fn readings(&self, index: usize) -> Vec<ReadingView> {
        let list: Page<ReadingView> = self
            .get(&format!("units/{}/readings", self.units[index]))
            .await
            .ok();
        list.items
    }

    /// The unit at `index` as a screen shows it: its newest temperature, and its status.
    async fn shown(&self, index: usize) -> (Option<f64>, String) {
        let unit: Json = self.get(&format!("units/{}", self.units[index])).await.ok();
        let now = &unit["now"];
        (
            now["temperature_c"].as_f64(),
            now["status"].as_str().unwrap().to_owned(),
        )
    }

    fn now(&self) -> Timestamp {
        self.world.now()
    }
}

/// Creates what `body` describes; its identifier.
async fn create(person: &Person, path: &str, body: Json) -> String {
    let answer = person.post(path, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    let created: Json = answer.ok();
    created["id"].as_str().unwrap().to_owned()
}

/// A key of the organization at `org` that allows `rights`.
async fn key(person: &Person, org: &str, rights: &[&str]) -> String {
    let asked = json!({ "name": "Key", "rights": rights });
    let key: Json = person.post(&format!("{org}/access-keys"), asked).await.ok();
    key["secret"].as_str().unwrap().to_owned()
}
