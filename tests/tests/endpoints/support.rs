//! Administrators of the platform in an organization: nobody without a support session, and with one whoever they act for.

use crate::house::{House, id_of};
use crate::persons::administrator;
use crate::request::of_organizations;
use crate::roles::PARTINGS;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Role;
use freshtrack_tests::{Person, World};
use http::{Method, StatusCode};
use serde_json::json;

/// What nobody does for somebody else.
const OWN: [&str; 1] = ["organizations-leave"];

const SESSIONS: &str = "/v1/platform/support-sessions";

/// Lets `sue` act for whoever has `role`, until it is ended.
pub(crate) async fn act_for(house: &House<'_>, sue: &Person, role: Role) {
    let asked = json!({
        "org_id": house.tenant.org_id(),
        "user_id": id_of(house.member(role)).await,
        "reason": "Ticket 4711",
    });
    let started = sue.post(SESSIONS, asked).await;
    assert_eq!(started.status, StatusCode::CREATED, "{started:?}");
}

/// Ends that `sue` acts for somebody.
pub(crate) async fn end(sue: &Person) {
    let ended = sue
        .send(Method::DELETE, &format!("{SESSIONS}/active"), json!({}))
        .await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT, "{ended:?}");
}

#[tokio::test]
async fn without_a_session_there_is_nothing_to_be_seen() {
    let world = World::start().await;
    let (house, other) = (House::new(&world).await, House::new(&world).await);
    let sue = administrator(&world).await;
    act_for(&house, &sue, Role::Owner).await;
    let before = other.everything().await;
    for (endpoint, _) in of_organizations() {
        let token = Some(sue.tokens.access_token.0.as_str());
        let elsewhere = other.request(endpoint).send(world.api, token).await;
        assert_eq!(
            elsewhere.code(),
            ProblemCode::NotFound,
            "{} {elsewhere:?}",
            endpoint.function
        );
    }
    before.is_still(&other.everything().await, &[]);
    end(&sue).await;
    let before = house.everything().await;
    for (endpoint, _) in of_organizations() {
        let token = Some(sue.tokens.access_token.0.as_str());
        let over = house.request(endpoint).send(world.api, token).await;
        assert_eq!(
            over.code(),
            ProblemCode::NotFound,
            "{} {over:?}",
            endpoint.function
        );
    }
    before.is_still(&house.everything().await, &[]);
}

#[tokio::test]
async fn with_a_session_they_may_what_the_member_may() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let sue = administrator(&world).await;
    let token = Some(sue.tokens.access_token.0.as_str());
    for role in Role::ALL {
        act_for(&house, &sue, role).await;
        for (endpoint, right) in of_organizations() {
            let own = OWN.contains(&endpoint.function);
            let allowed = role.holds(right) && !own;
            // What becomes of the organization is tried where nobody misses it.
            if allowed && PARTINGS.contains(&endpoint.function) {
                continue;
            }
            let request = if allowed {
                house.fresh_request_in(0, endpoint).await
            } else {
                house.request(endpoint)
            };
            let answer = request.send(world.api, token).await;
            let what = format!("{} for {role}: {answer:?}", endpoint.function);
            if allowed {
                assert_eq!(answer.status.as_u16(), endpoint.status, "{what}");
            } else {
                assert_eq!(answer.code(), ProblemCode::MissingRight, "{what}");
            }
        }
        end(&sue).await;
    }
}
