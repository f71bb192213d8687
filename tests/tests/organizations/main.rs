//! Organizations from outside: how they come and go, who is in them and in what place, the keys of their machines, what
//! an operator brings in, what is known of what was done, and support by those who see to the platform.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what fails here fails a test, and should say where"
)]

mod access_keys;
mod audit;
mod imports;
mod lifecycle;
mod members;
mod sockets;
mod support;

use freshtrack_contracts::organizations::OrganizationView;
use freshtrack_domain::access::Role;
use freshtrack_domain::ids::{OrgId, UserId};
use freshtrack_tests::{Answer, Person, World};
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};

/// Who somebody is.
async fn id_of(person: &Person) -> UserId {
    let me: Json = person.get("/v1/me").await.ok();
    me["user"]["id"].as_str().unwrap().parse().unwrap()
}

/// A new organization of `owner`.
async fn organization(owner: &Person, name: &str) -> OrganizationView {
    let asked = json!({ "name": name, "time_zone": "America/New_York" });
    let answer = owner.post("/v1/orgs", asked).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    answer.ok()
}

/// Somebody new who was invited by `owner` and has accepted.
async fn member(world: &World, owner: &Person, org_id: OrgId, email: &str, role: Role) -> Person {
    let asked = json!({ "email": email, "role": role });
    let invited = owner.post(&format!("/v1/orgs/{org_id}/invitations"), asked).await;
    assert_eq!(invited.status, StatusCode::CREATED, "{invited:?}");
    let token = world.token("accept-invitation", email).await;
    let person = world.person(email).await;
    let accepted = person
        .post("/v1/invitations/accept", json!({ "token": token }))
        .await;
    assert_eq!(accepted.status, StatusCode::OK, "{accepted:?}");
    person
}

/// Sends a request without a body.
async fn send(person: &Person, method: Method, path: &str) -> Answer {
    let token = &person.tokens.access_token.0;
    person.api.send(method, path, Some(token), "").await
}
