//! What people ask for themselves, outside of any organization, and what only those may who see to the platform.

use crate::house::House;
use crate::request::{closed, said};
use freshtrack_contracts::endpoints::{Access, Endpoint};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Role;
use freshtrack_tests::{Person, World};
use serde_json::json;

fn with_access(access: Access) -> impl Iterator<Item = &'static Endpoint> {
    closed().filter(move |endpoint| endpoint.access == access)
}

/// Somebody whom an operator has made an administrator of the platform.
pub(crate) async fn administrator(world: &World) -> Person {
    let email = "sue@example.com";
    let person = world.person(email).await;
    let granted = world
        .api
        .invoke("platform-grant-administrator", &json!({ "email": email }))
        .await;
    granted.unwrap();
    person
}

#[tokio::test]
async fn who_is_signed_in_is_let_in_to_what_is_theirs() {
    let world = World::start().await;
    let house = House::new(&world).await;
    for endpoint in with_access(Access::SignedIn) {
        // What ends the account or the sign-in is the last that anybody does.
        let person = world.person(&format!("{}@example.com", endpoint.function)).await;
        let mut request = house.request(endpoint);
        request.path = request
            .path
            .replace(&house.tenant.org_id().to_string(), "org_none");
        let answer = request.send(world.api, Some(&person.tokens.access_token.0)).await;
        let what = format!("{}: {answer:?}", endpoint.function);
        if answer.status.is_success() {
            assert_eq!(answer.status.as_u16(), endpoint.status, "{what}");
        } else {
            // The example's secrets are nobody's.
            let code = answer.code();
            let known = matches!(
                code,
                ProblemCode::InvalidRequest | ProblemCode::NotFound | ProblemCode::Conflict
            );
            assert!(known, "{what}");
        }
    }
}

#[tokio::test]
async fn the_platform_is_not_there_for_anybody_but_its_administrators() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let sue = administrator(&world).await;
    let before = house.everything().await;
    let mut answers = Vec::new();
    for endpoint in with_access(Access::Platform) {
        for role in Role::ALL {
            let answer = house
                .request(endpoint)
                .send(world.api, Some(house.token(role)))
                .await;
            assert_eq!(
                answer.code(),
                ProblemCode::NotFound,
                "{} {answer:?}",
                endpoint.function
            );
            answers.push(said(&answer));
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "all are told the same: {answers:?}");
    before.is_still(&house.everything().await, &[]);
    for endpoint in with_access(Access::Platform) {
        let request = house.request(endpoint);
        let answer = request.send(world.api, Some(&sue.tokens.access_token.0)).await;
        assert_eq!(
            answer.status.as_u16(),
            endpoint.status,
            "{} {answer:?}",
            endpoint.function
        );
    }
}
