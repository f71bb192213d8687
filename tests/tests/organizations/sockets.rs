//! Sockets end with the access that they rest on.

use crate::{id_of, member, organization, send};
use freshtrack_contracts::live::{Ticket, Topic};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Role;
use freshtrack_domain::ids::OrgId;
use freshtrack_tests::{PASSWORD, Person, Socket, World};
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};

async fn ticket(person: &Person, org_id: OrgId) -> Ticket {
    let path = format!("/v1/orgs/{org_id}/live/tickets");
    send(person, Method::POST, &path).await.ok()
}

async fn watching(person: &Person, org_id: OrgId) -> Socket {
    let mut socket = Socket::open(&ticket(person, org_id).await.url).await.unwrap();
    socket.subscribe(json!(["org"])).await;
    socket
}

#[tokio::test]
async fn who_is_removed_sees_nothing_more() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    let bob = member(&world, &ann, org.id, "bob@example.com", Role::Staff).await;
    world.settled().await;
    let (mut anns, mut bobs) = (watching(&ann, org.id).await, watching(&bob, org.id).await);
    let kept = ticket(&bob, org.id).await;

    let path = format!("/v1/orgs/{}/members/{}", org.id, id_of(&bob).await);
    assert_eq!(
        send(&ann, Method::DELETE, &path).await.status,
        StatusCode::NO_CONTENT
    );
    bobs.closed().await;
    assert_eq!(
        Socket::open(&kept.url).await.unwrap_err().status,
        StatusCode::FORBIDDEN
    );
    let none = send(&bob, Method::POST, &format!("/v1/orgs/{}/live/tickets", org.id)).await;
    assert_eq!(none.code(), ProblemCode::NotFound);
    world.settled().await;
    assert!(anns.so_far().await.is_empty(), "who stays goes on watching");
}

#[tokio::test]
async fn a_deleted_organization_shows_nothing_more() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    let mut socket = watching(&ann, org.id).await;
    send(&ann, Method::DELETE, &format!("/v1/orgs/{}", org.id)).await;
    socket.closed().await;
}

/// The sign-in that `person` uses.
async fn session(person: &Person) -> String {
    let sessions: Json = person.get("/v1/me/sessions").await.ok();
    let mut sessions = sessions["items"].as_array().unwrap().iter();
    let current = sessions.find(|session| session["current"] == true);
    current.unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_sign_in_that_ends_takes_its_screens_along_and_no_others() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    let [tablet, phone, desk] = [
        world.sign_in("ann@example.com", PASSWORD).await,
        world.sign_in("ann@example.com", PASSWORD).await,
        world.sign_in("ann@example.com", PASSWORD).await,
    ];
    let mut here = watching(&ann, org.id).await;
    let (mut on_tablet, mut on_phone, mut on_desk) = (
        watching(&tablet, org.id).await,
        watching(&phone, org.id).await,
        watching(&desk, org.id).await,
    );
    let kept = ticket(&tablet, org.id).await;

    let out = tablet.post("/v1/me/sign-out", json!({})).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT, "{out:?}");
    on_tablet.closed().await;
    let late = Socket::open(&kept.url).await.unwrap_err();
    assert_eq!(late.status, StatusCode::FORBIDDEN, "nor by a ticket from before");

    let revoked = format!("/v1/me/sessions/{}", session(&phone).await);
    assert_eq!(
        send(&ann, Method::DELETE, &revoked).await.status,
        StatusCode::NO_CONTENT
    );
    on_phone.closed().await;

    world.settled().await;
    assert!(on_desk.so_far().await.is_empty(), "others go on");
    let changed = json!({ "current_password": PASSWORD, "password": "nine dry dogs under a red bridge" });
    let changed = ann.post("/v1/me/password", changed).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT, "{changed:?}");
    on_desk.closed().await;
    world.settled().await;
    assert!(here.so_far().await.is_empty(), "who changed it goes on");
}

#[tokio::test]
async fn who_is_given_other_sites_sees_those_from_then_on() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    let bob = member(&world, &ann, org.id, "bob@example.com", Role::Staff).await;
    world.settled().await;
    let site = json!({ "name": "Pier 4", "time_zone": "UTC" });
    let site: Json = ann.post(&format!("/v1/orgs/{}/sites", org.id), site).await.ok();
    let mut before = watching(&bob, org.id).await;
    let path = format!("/v1/orgs/{}/members/{}", org.id, id_of(&bob).await);
    let only = json!({ "sites": { "only": [site["id"]] } });
    assert_eq!(ann.send(Method::PATCH, &path, only).await.status, StatusCode::OK);
    before.closed().await;
    let mut after = Socket::open(&ticket(&bob, org.id).await.url).await.unwrap();
    let topics = after.subscribe(json!(["org"])).await;
    let site = site["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(topics, [Topic::Site(site)]);

    let role = json!({ "role": "viewer" });
    assert_eq!(ann.send(Method::PATCH, &path, role).await.status, StatusCode::OK);
    after.closed().await;
}
