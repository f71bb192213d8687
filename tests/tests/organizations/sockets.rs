//! Sockets end with the access that they rest on.

use crate::{id_of, member, organization, send};
use freshtrack_contracts::live::Ticket;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Role;
use freshtrack_domain::ids::OrgId;
use freshtrack_tests::{Person, Socket, World};
use http::{Method, StatusCode};
use serde_json::json;

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
