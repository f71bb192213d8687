//! An organization with somebody in every role, and something of every kind in each of two sites.

use crate::request::{Ids, Request, body, identifiers, of_organizations, parameters, said};
use freshtrack_contracts::alerts::AlertView;
use freshtrack_contracts::endpoints::{Access, Endpoint, endpoints};
use freshtrack_contracts::ingest::QuarantinedFrame;
use freshtrack_contracts::organization::{AccessKeyDocument, SiteDocument};
use freshtrack_contracts::page::Page;
use freshtrack_domain::access::{AccessKeySecret, Right, Role};
use freshtrack_domain::ids::UserId;
use freshtrack_domain::time::Span;
use freshtrack_testkit::fresh_id;
use freshtrack_tests::{Answer, Frame, PASSWORD, Person, Tenant, World, eventually};
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// The sites.
pub(crate) const SITES: [usize; 2] = [0, 1];

/// A key that opens everything at the network servers of a machine that nobody has set up yet.
pub(crate) const NETWORK_KEY: &str = "NNSXS.LOCAL.EVERYTHING";

/// The organization.
pub(crate) struct House<'w> {
    pub(crate) world: &'w World,
    /// Its places and keys. Of the latter it has one with each right, and one without each right that some endpoint asks
    /// for.
    pub(crate) tenant: Tenant,
    /// A part of every name in it, for none of them to be seen by others.
    pub(crate) secret: String,
    cast: BTreeMap<Role, Person>,
    /// Somebody who comes and goes.
    guest: Person,
    /// What there is in each site. Nothing is done to it that lasts.
    standing: Vec<Ids>,
}

/// What can be seen of an organization, by endpoint and site.
#[derive(Debug)]
pub(crate) struct Everything(BTreeMap<(&'static str, usize), Json>);

impl Everything {
    /// Holds that the same is seen now, except by the endpoints `but`.
    pub(crate) fn is_still(&self, now: &Self, but: &[&str]) {
        assert_eq!(self.0.len(), now.0.len());
        for ((function, site), before) in &self.0 {
            if !but.contains(function) {
                assert_eq!(before, &now.0[&(*function, *site)], "{function}");
            }
        }
    }
}

/// Rights that a key may carry.
pub(crate) fn rights_of_keys() -> impl Iterator<Item = Right> {
    Right::ALL.into_iter().filter(|right| right.is_for_keys())
}

impl<'w> House<'w> {
    /// A new one in `world`.
    pub(crate) async fn new(world: &'w World) -> Self {
        let secret = format!("{:016x}", rand::random::<u64>());
        let person = async |who: &str| world.person(&format!("{who}-{secret}@example.com")).await;
        let owner = person("owner").await;
        let asked = json!({ "name": format!("Bistro {secret}"), "time_zone": "America/New_York" });
        let created: Json = owner.post("/v1/orgs", asked).await.ok();
        let mut house = Self {
            world,
            tenant: with_keys(world, &created, &secret),
            guest: person("guest").await,
            cast: BTreeMap::from([(Role::Owner, owner)]),
            standing: Vec::new(),
            secret: secret.clone(),
        };
        for _ in SITES {
            let place = house.build().await;
            house.tenant.document.sites.push(place);
        }
        house.tenant.import().await;
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Owner) {
            let member = person(role.name()).await;
            house.admit(&member, json!({ "role": role })).await;
            house.cast.insert(role, member);
        }
        for site in SITES {
            let things = house.things(site).await;
            house.standing.push(things);
        }
        world.settled().await;
        house
    }

    /// A new site with an area and a unit in it; for the unit, a sensor that is still to come.
    async fn build(&self) -> SiteDocument {
        let name = |what: &str| format!("{what} {}", self.secret);
        let mut place = Tenant::new(self.world.api, 1).document.sites.remove(0);
        place.name = name("Pier");
        let asked = json!({ "name": place.name, "time_zone": place.time_zone });
        place.id = self.create("sites", asked).await.parse().unwrap();
        let area = &mut place.areas[0];
        area.name = name("Line");
        let asked = json!({ "site_id": place.id, "name": area.name });
        area.id = self.create("areas", asked).await.parse().unwrap();
        let unit = &mut area.units[0];
        unit.name = name("Reach-in");
        let asked = json!({ "area_id": area.id, "name": unit.name, "kind": unit.kind });
        unit.id = self.create("units", asked).await.parse().unwrap();
        place
    }

    /// A site, as whatever is for that one only says it.
    pub(crate) fn only(&self, site: usize) -> Json {
        json!({ "only": [self.tenant.document.sites[site].id] })
    }

    /// Who has `role`.
    pub(crate) fn member(&self, role: Role) -> &Person {
        &self.cast[&role]
    }

    /// The token of whoever has `role`.
    pub(crate) fn token(&self, role: Role) -> &str {
        &self.member(role).tokens.access_token.0
    }

    /// The key with every right a key may have but `right`.
    pub(crate) fn key_without(&self, right: Right) -> &str {
        let mut keys = self.tenant.document.access_keys.iter();
        let key = keys.find(|key| key.name == without(right));
        &key.unwrap_or_else(|| panic!("no key without {right}")).secret
    }

    /// What opens `endpoint`, if it needs anything: `sue` sees to the platform, the owner to the organization, and what no
    /// person may is done by a key.
    pub(crate) fn credential(&self, endpoint: &Endpoint, sue: &Person) -> Option<String> {
        let token = match endpoint.access {
            Access::Anyone => return None,
            Access::SignedIn => &self.guest.tokens.access_token.0,
            Access::Platform => &sue.tokens.access_token.0,
            Access::Organization(right) if Role::Owner.holds(right) => self.token(Role::Owner),
            Access::Organization(right) => self.tenant.key(right),
        };
        Some(token.to_owned())
    }

    /// Signs the one who comes and goes in once more, beside where they are signed in already.
    pub(crate) async fn guest_again(&self) -> Person {
        self.world.sign_in(&self.guest.email, PASSWORD).await
    }

    /// Signs everybody in again: their tokens have ended.
    pub(crate) async fn sign_in_again(&mut self) {
        for person in self.cast.values_mut().chain([&mut self.guest]) {
            *person = self.world.sign_in(&person.email, PASSWORD).await;
        }
    }

    /// What there is in `site`.
    pub(crate) fn standing(&self, site: usize) -> &Ids {
        &self.standing[site]
    }

    /// Asks `endpoint` for what there is in the first site.
    pub(crate) fn request(&self, endpoint: &Endpoint) -> Request {
        self.request_in(0, endpoint)
    }

    /// Asks `endpoint` for what there is in `site`.
    pub(crate) fn request_in(&self, site: usize, endpoint: &Endpoint) -> Request {
        Request::new(endpoint, &self.standing[site])
    }

    /// Asks `endpoint` for something in `site` that was made for it and may be lost.
    pub(crate) async fn fresh_request_in(&self, site: usize, endpoint: &Endpoint) -> Request {
        let mut ids = self.standing[site].clone();
        if endpoint.method != "GET" {
            for name in parameters(endpoint).filter(|name| *name != "org_id") {
                let made = self.make(endpoint, name, site, &ids).await;
                ids.insert(name.to_owned(), made);
            }
        }
        let mut request = Request::new(endpoint, &ids);
        self.prepare(endpoint, &mut request, site, &ids).await;
        request
    }

    /// Sees to what `request` expects to find.
    async fn prepare(&self, endpoint: &Endpoint, request: &mut Request, site: usize, ids: &Ids) {
        let only = self.only(site);
        match endpoint.function {
            // For one site, so that whoever works for that one may ask for it.
            "organizations-create-invitation" => request.body.as_mut().unwrap()["sites"] = only,
            "organizations-create-access-key" => {
                request.body = Some(json!({ "name": "Display", "rights": ["read"], "sites": only }));
            }
            // What was sent just now is not sent again.
            "organizations-resend-invitation" => self.world.advance(Span::minutes(1)),
            // Only what is registered can be removed, or sent anything.
            "networks-deprovision-sensor" | "networks-request-change" => {
                let network = &self.standing(site)["network_id"];
                self.registered(&ids["sensor_id"], network).await;
            }
            // A unit has eight sensors at most.
            "devices-register-sensor" | "devices-assign-sensor" | "devices-claim-frame" => {
                let unit = self.make(endpoint, "unit_id", site, ids).await;
                request.body.as_mut().unwrap()["unit_id"] = json!(unit);
            }
            // An alert waits no longer than a day.
            "alerts-snooze" => {
                let until = self.world.now() + Span::hours(1);
                request.body.as_mut().unwrap()["until"] = json!(until.to_string());
            }
            // Not while it is under way.
            "networks-retry-job" => self.world.settled().await,
            _ => {}
        }
        // Only what was deleted can be restored or removed for good.
        if let Some((deleted, "restore" | "purge")) = request.path.rsplit_once('/') {
            let answer = self.owner(Method::DELETE, deleted, Json::Null).await;
            assert_eq!(answer.status, StatusCode::NO_CONTENT, "{answer:?}");
        }
    }

    /// Something new in `site`, of the kind that the parameter `name` of `endpoint` names, below what `ids` names
    /// already.
    pub(crate) async fn make(&self, endpoint: &Endpoint, name: &str, site: usize, ids: &Ids) -> String {
        let unique = format!("{} {:08x}", self.secret, rand::random::<u32>());
        let only = self.only(site);
        let place = &self.tenant.document.sites[site];
        match name {
            "site_id" => {
                self.create("sites", json!({ "name": unique, "time_zone": "UTC" }))
                    .await
            }
            "area_id" => {
                self.create("areas", json!({ "site_id": place.id, "name": unique }))
                    .await
            }
            "unit_id" => {
                let asked = json!({ "area_id": place.areas[0].id, "name": unique, "kind": "fridge" });
                self.create("units", asked).await
            }
            "user_id" => self.invited(only).await,
            "invitation_id" => {
                let email = format!("asked-{:016x}@example.com", rand::random::<u64>());
                let asked = json!({ "email": email, "role": "staff", "sites": only });
                self.create("invitations", asked).await
            }
            "key_id" => {
                let asked = json!({ "name": unique, "rights": ["read"], "sites": only });
                let answer = self.post("access-keys", asked).await;
                answer.ok::<Json>()["key"]["id"].as_str().unwrap().to_owned()
            }
            "frame_id" => self.kept_aside().await,
            "network_id" => self.connected(NETWORK_KEY).await,
            "sensor_id" => self.fitted(site).await,
            // Blocked, by a key that opens nothing, and so again each time it is retried.
            "job_id" => match self.standing.get(site) {
                Some(standing) => standing[name].clone(),
                None => {
                    let network = self.connected("NNSXS.OPENS.NOTHING").await;
                    self.registered(&ids["sensor_id"], &network).await
                }
            },
            // Waiting, for the network server has been asked too much.
            "change_id" => {
                let (sensor, network) = match self.standing.get(site) {
                    Some(standing) => (ids["sensor_id"].clone(), standing["network_id"].clone()),
                    None => (self.fitted(site).await, self.connected(NETWORK_KEY).await),
                };
                self.registered(&sensor, &network).await;
                self.waiting_change(&sensor).await
            }
            "gateway_id" => {
                let asked = json!({
                    "gateway_eui": format!("{:016X}", rand::random::<u64>()),
                    "server_id": format!("roof-{:08x}", rand::random::<u32>()),
                    "name": unique,
                    "site_id": place.id,
                });
                self.create("gateways", asked).await
            }
            "calibration_id" => {
                let path = format!("sensors/{}/calibrations", ids["sensor_id"]);
                let asked = json!({
                    "performed_at": self.world.now().to_string(),
                    "temperature_offset_c": 0.1,
                });
                self.create(&path, asked).await
            }
            "log_id" => {
                let path = format!("units/{}/logs", ids["unit_id"]);
                self.create(&path, json!({ "temperature_c": 3.5 })).await
            }
            // It lasts as long as a process can, so that nothing falls due at it.
            "process_id" => {
                let day = |stage| json!({ "stage": stage, "minutes": 1_440, "source": "a long day" });
                let asked = json!({
                    "kind": "two_stage_cooling",
                    "product": unique,
                    "unit_id": ids["unit_id"],
                    "limits": [day("first_cooling"), day("second_cooling")],
                });
                self.create("processes", asked).await
            }
            "model" => "dragino-lht65n".to_owned(),
            "slug" => format!("slug-{:08x}", rand::random::<u32>()),
            // What comes into being by itself is there once.
            name => match self.standing.get(site).and_then(|standing| standing.get(name)) {
                Some(standing) => standing.clone(),
                None => panic!(
                    "{} has a {{{name}}} in its path or its example: tell House::make how one is made (with {ids:?})",
                    endpoint.function
                ),
            },
        }
    }

    /// One of everything that some endpoint names, in `site`.
    async fn things(&self, site: usize) -> Ids {
        let place = &self.tenant.document.sites[site];
        let mut ids = Ids::from([
            ("org_id".to_owned(), self.tenant.org_id().to_string()),
            ("site_id".to_owned(), place.id.to_string()),
            ("area_id".to_owned(), place.areas[0].id.to_string()),
            ("unit_id".to_owned(), place.areas[0].units[0].id.to_string()),
            (
                "sensor_id".to_owned(),
                place.areas[0].units[0].sensors[0].id.to_string(),
            ),
            ("alert_id".to_owned(), self.alert_in(site).await),
            ("session_id".to_owned(), self.session().await),
            ("user_id".to_owned(), self.resident(site).await),
        ]);
        for endpoint in endpoints() {
            let in_body = body(endpoint).map(|body| identifiers(&body)).unwrap_or_default();
            let in_path = parameters(endpoint).map(str::to_owned);
            for name in in_path.chain(in_body) {
                if !ids.contains_key(&name) {
                    let made = self.make(endpoint, &name, site, &ids).await;
                    ids.insert(name, made);
                }
            }
        }
        ids
    }

    /// A connection to a network server.
    async fn connected(&self, api_key: &str) -> String {
        let server = json!({
            "kind": "things_stack", "address": { "sandbox": "nam1" }, "application_id": "freshtrack-local",
        });
        let name = format!("Network {} {:08x}", self.secret, rand::random::<u32>());
        let asked = json!({ "name": name, "server": server, "api_key": api_key });
        let answer = self.post("networks", asked).await;
        answer.ok::<Json>()["network"]["id"].as_str().unwrap().to_owned()
    }

    /// A sensor that is new in `site`, in a unit of its own.
    pub(crate) async fn fitted(&self, site: usize) -> String {
        let area = self.tenant.document.sites[site].areas[0].id;
        let name = format!("Reach-in {} {:08x}", self.secret, rand::random::<u32>());
        let unit = json!({ "area_id": area, "name": name, "kind": "fridge" });
        let unit = self.create("units", unit).await;
        let asked = json!({
            "dev_eui": format!("{:016X}", rand::random::<u64>()),
            "model": "dragino-lht65n",
            "unit_id": unit,
        });
        self.create("sensors", asked).await
    }

    /// Has a sensor registered at a network server; gives the work, as far as that comes by itself.
    pub(crate) async fn registered(&self, sensor: &str, network: &str) -> String {
        let asked = json!({
            "network_id": network,
            "join_eui": "A840410000000101",
            "app_key": "00112233445566778899AABBCCDDEEFF",
        });
        let job = self
            .create(&format!("sensors/{sensor}/provisioning"), asked)
            .await;
        let path = self.tenant.path(&format!("network-jobs/{job}"));
        eventually("the end of the work on a registration", async || {
            let job: Json = self.owner(Method::GET, &path, Json::Null).await.ok();
            matches!(job["state"].as_str(), Some("succeeded" | "blocked")).then_some(())
        })
        .await;
        self.world.settled().await;
        job
    }

    /// A change of a sensor's settings that cannot be sent yet.
    async fn waiting_change(&self, sensor: &str) -> String {
        let fault = json!({ "method": "POST", "path": "/down/push", "status": 429, "retry_after": 3600 });
        let faults = format!("{}/console/faults", freshtrack_local::network_servers::PATH);
        let made = self
            .world
            .api
            .send(Method::POST, &faults, None, fault.to_string())
            .await;
        assert_eq!(made.status, StatusCode::OK, "{made:?}");
        let asked = json!({ "change": { "type": "uplink_interval", "seconds": 600 }, "timeout_hours": 168 });
        let change = self.create(&format!("sensors/{sensor}/changes"), asked).await;
        self.world.settled().await;
        change
    }

    /// Everything that whoever owns the organization can be shown, once what was done is over.
    pub(crate) async fn everything(&self) -> Everything {
        self.world.settled().await;
        let mut everything = BTreeMap::new();
        for (endpoint, _) in of_organizations().filter(|(endpoint, _)| endpoint.method == "GET") {
            for site in SITES {
                let request = self.request_in(site, endpoint);
                let answer = request.send(self.world.api, Some(self.token(Role::Owner))).await;
                assert_eq!(
                    answer.status.as_u16(),
                    endpoint.status,
                    "{} {answer:?}",
                    endpoint.function
                );
                let (_, _, mut body) = said(&answer);
                if let Some(fields) = body.as_object_mut() {
                    // When it was asked.
                    fields.remove("as_of");
                }
                everything.insert((endpoint.function, site), body);
            }
        }
        Everything(everything)
    }

    /// Whether `answer` tells anything that only this organization may know.
    pub(crate) fn is_betrayed_by(&self, answer: &Answer) -> bool {
        String::from_utf8_lossy(&answer.body).contains(&self.secret)
    }

    /// What whoever owns the organization gets for `body` at `path`.
    pub(crate) async fn owner(&self, method: Method, path: &str, body: Json) -> Answer {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let token = Some(self.token(Role::Owner));
        self.world.api.send(method, path, token, body).await
    }

    /// Has `asked` done below the organization's path.
    async fn post(&self, rest: &str, asked: Json) -> Answer {
        let answer = self.owner(Method::POST, &self.tenant.path(rest), asked).await;
        assert!(answer.status.is_success(), "{rest}: {answer:?}");
        answer
    }

    /// Has something created below the organization's path; gives its identifier.
    async fn create(&self, rest: &str, asked: Json) -> String {
        let created: Json = self.post(rest, asked).await.ok();
        created["id"].as_str().unwrap().to_owned()
    }

    /// Makes `person` the member that `asked` says.
    pub(crate) async fn admit(&self, person: &Person, mut asked: Json) {
        asked["email"] = json!(person.email);
        self.create("invitations", asked).await;
        // The newest mail is the one that was asked for just now.
        self.world.settled().await;
        let token = self.world.token("accept-invitation", &person.email).await;
        let accepted = person
            .post("/v1/invitations/accept", json!({ "token": token }))
            .await;
        assert_eq!(accepted.status, StatusCode::OK, "{accepted:?}");
    }

    /// A member who works for `sites` and nobody misses.
    async fn invited(&self, sites: Json) -> String {
        let id = id_of(&self.guest).await.to_string();
        // Who is there from another time leaves first; who is not is not found.
        let path = self.tenant.path(&format!("members/{id}"));
        self.owner(Method::DELETE, &path, Json::Null).await;
        self.admit(&self.guest, json!({ "role": "staff", "sites": sites }))
            .await;
        id
    }

    /// A member who works for `site` and stays.
    async fn resident(&self, site: usize) -> String {
        let person = self
            .world
            .person(&format!("resident-{site}-{}@example.com", self.secret))
            .await;
        let only = self.only(site);
        self.admit(&person, json!({ "role": "staff", "sites": only }))
            .await;
        id_of(&person).await.to_string()
    }

    /// The sign-in of whoever owns the organization.
    async fn session(&self) -> String {
        let sessions: Json = self.member(Role::Owner).get("/v1/me/sessions").await.ok();
        sessions["items"][0]["id"].as_str().unwrap().to_owned()
    }

    /// An open alert in `site`, where it is too warm.
    async fn alert_in(&self, site: usize) -> String {
        let unit = &self.tenant.document.sites[site].areas[0].units[0];
        let warm = Frame::first(&unit.sensors[0].dev_eui, self.world.now(), 900);
        self.tenant.things_stack(&warm.things_stack()).await;
        let path = self.tenant.path("alerts");
        let open: Page<AlertView> = self.owner(Method::GET, &path, Json::Null).await.ok();
        let alert = open.items.iter().find(|alert| alert.unit_id == unit.id);
        alert.expect("too warm").id.to_string()
    }

    /// Has it measured once more where it is too warm in `site`.
    pub(crate) async fn measure_again(&self, site: usize) {
        let unit = &self.tenant.document.sites[site].areas[0].units[0];
        let frame = Frame::new(&unit.sensors[0].dev_eui, self.world.now(), 2, 910);
        self.tenant.things_stack(&frame.things_stack()).await;
    }

    /// Has the door of the unit in `site` opened and closed, hours ago and hours apart.
    pub(crate) async fn doors_opened(&self, site: usize) {
        let unit = &self.tenant.document.sites[site].areas[0].units[0];
        let told = |(hours, open): (u32, bool)| {
            let at = self.world.now() - Span::hours(hours);
            let mut reading = Frame::first(&unit.sensors[0].dev_eui, at, 300).uploaded();
            reading["door_open"] = json!(open);
            reading
        };
        let readings = [(20, true), (15, false), (10, true), (5, false)].map(told);
        self.tenant.upload(&readings).await;
    }

    /// A frame that nobody knew what to do with.
    pub(crate) async fn kept_aside(&self) -> String {
        let dev_eui = format!("{:016X}", rand::random::<u64>());
        let unknown = Frame::first(&dev_eui, self.world.now(), 300);
        self.tenant.things_stack(&unknown.things_stack()).await;
        let path = self.tenant.path("quarantine");
        let kept: Page<QuarantinedFrame> = self.owner(Method::GET, &path, Json::Null).await.ok();
        let mut frames = kept.items.iter();
        let frame = frames.find(|frame| frame.dev_eui.as_ref() == Some(&dev_eui));
        frame.expect("it is kept").id.to_string()
    }
}

/// The organization that was `created`, and its keys.
fn with_keys(world: &World, created: &Json, secret: &str) -> Tenant {
    let mut tenant = Tenant::new(world.api, 0);
    let document = &mut tenant.document;
    document.id = created["id"].as_str().unwrap().parse().unwrap();
    document.name = format!("Bistro {secret}");
    document.sites.clear();
    let all_but = |right: Right| AccessKeyDocument {
        id: fresh_id(),
        name: without(right),
        secret: AccessKeySecret::from_entropy(rand::random()).reveal(),
        rights: rights_of_keys().filter(|other| *other != right).collect(),
    };
    let asked: BTreeSet<Right> = of_organizations().map(|(_, right)| right).collect();
    document.access_keys.extend(asked.into_iter().map(all_but));
    tenant
}

/// What the key with every right but `right` is called.
fn without(right: Right) -> String {
    format!("all but {right}")
}

/// Who somebody is.
pub(crate) async fn id_of(person: &Person) -> UserId {
    let me: Json = person.get("/v1/me").await.ok();
    me["user"]["id"].as_str().unwrap().parse().unwrap()
}
