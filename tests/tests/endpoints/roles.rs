//! Each endpoint asks for the right that the endpoint list names: every role that holds it gets what it asked for, every
//! other is told which right is missing, and nothing is done.
//!
//! Which role holds which right is tested cell by cell in the domain.

use crate::house::House;
use crate::request::{Request, of_organizations};
use freshtrack_contracts::endpoints::Endpoint;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Role;
use freshtrack_tests::{Person, World};
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};

/// What is done to the whole organization or to who asks, and so in an organization of its own.
pub(crate) const PARTINGS: [&str; 3] = [
    "organizations-delete",
    "organizations-leave",
    "organizations-transfer-ownership",
];

#[tokio::test]
async fn who_holds_no_right_is_told_which_is_missing_and_nothing_is_done() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let before = house.everything().await;
    for (endpoint, right) in of_organizations() {
        let request = house.request(endpoint);
        for role in Role::ALL.into_iter().filter(|role| !role.holds(right)) {
            let answer = request.send(world.api, Some(house.token(role))).await;
            let what = format!("{} by {role}: {answer:?}", endpoint.function);
            let problem = answer.problem();
            assert_eq!(problem.code, ProblemCode::MissingRight, "{what}");
            assert!(problem.detail.contains(right.name()), "{what}");
        }
    }
    before.is_still(&house.everything().await, &[]);
}

#[tokio::test]
async fn who_holds_the_right_gets_what_they_asked_for() {
    let world = World::start().await;
    let house = House::new(&world).await;
    for (endpoint, right) in of_organizations() {
        for role in Role::ALL.into_iter().filter(|role| role.holds(right)) {
            let answer = if PARTINGS.contains(&endpoint.function) {
                let request = parting(&house, endpoint, role).await;
                request.send(world.api, Some(house.token(role))).await
            } else {
                let request = house.fresh_request_in(0, endpoint).await;
                request.send(world.api, Some(house.token(role))).await
            };
            let what = format!("{} by {role}: {answer:?}", endpoint.function);
            if (endpoint.function, role) == ("organizations-leave", Role::Owner) {
                // There is no other.
                assert_eq!(answer.code(), ProblemCode::Conflict, "{what}");
            } else {
                assert_eq!(answer.status.as_u16(), endpoint.status, "{what}");
            }
        }
    }
}

/// Asks `endpoint` for an organization in which whoever has `role` has it too, and nobody misses.
async fn parting(house: &House<'_>, endpoint: &Endpoint, role: Role) -> Request {
    let (founder, member) = (house.member(Role::Owner), house.member(role));
    let asked = json!({ "name": "Golden Fork", "time_zone": "UTC" });
    let created: Json = founder.post("/v1/orgs", asked).await.ok();
    let org_id = created["id"].as_str().unwrap();
    // The heir is whoever is there besides.
    let heir = house.member(Role::Viewer);
    for (person, role) in [(member, role), (heir, Role::Viewer)] {
        if person.email != founder.email && !is_member(person, org_id).await {
            join(house, founder, person, org_id, role).await;
        }
    }
    let mut ids = house.standing(0).clone();
    ids.insert("org_id".to_owned(), org_id.to_owned());
    ids.insert("user_id".to_owned(), crate::house::id_of(heir).await.to_string());
    Request::new(endpoint, &ids)
}

async fn is_member(person: &Person, org_id: &str) -> bool {
    person.get(&format!("/v1/orgs/{org_id}")).await.status == StatusCode::OK
}

async fn join(house: &House<'_>, founder: &Person, person: &Person, org_id: &str, role: Role) {
    let asked = json!({ "email": person.email, "role": role });
    let invited = founder
        .send(Method::POST, &format!("/v1/orgs/{org_id}/invitations"), asked)
        .await;
    assert_eq!(invited.status, StatusCode::CREATED, "{invited:?}");
    house.world.settled().await;
    let token = house.world.token("accept-invitation", &person.email).await;
    let accepted = person
        .post("/v1/invitations/accept", json!({ "token": token }))
        .await;
    assert_eq!(accepted.status, StatusCode::OK, "{accepted:?}");
}
