//! Support by those who see to the platform.

use crate::{id_of, organization, send};
use freshtrack_contracts::audit::AuditEntryView;
use freshtrack_contracts::identity::Me;
use freshtrack_contracts::organizations::OrganizationView;
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_contracts::support::{ActiveSupportView, PersonView, SupportSessionView, SupportStatus};
use freshtrack_domain::time::Span;
use freshtrack_tests::{PASSWORD, Person, World};
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};

const SESSIONS: &str = "/v1/platform/support-sessions";
const ACTIVE: &str = "/v1/platform/support-sessions/active";

/// Somebody whom an operator has made an administrator.
async fn administrator(world: &World, email: &str) -> Person {
    let person = world.person(email).await;
    let granted = world
        .api
        .invoke("platform-grant-administrator", &json!({ "email": email }))
        .await;
    assert_eq!(granted.unwrap()["user_id"], json!(id_of(&person).await));
    person
}

#[tokio::test]
async fn nobody_is_an_administrator_but_by_an_operator() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    for path in ["organizations", "users", "audit", "support-sessions/active"] {
        let answer = ann.get(&format!("/v1/platform/{path}")).await;
        assert_eq!(answer.code(), ProblemCode::NotFound, "{path}");
        let anyone = world
            .api
            .send(Method::GET, &format!("/v1/platform/{path}"), None, "")
            .await;
        assert!(anyone.status.is_client_error());
    }
    let unknown = json!({ "email": "nobody@example.com" });
    assert!(
        world
            .api
            .invoke("platform-grant-administrator", &unknown)
            .await
            .is_err()
    );

    let sue = administrator(&world, "sue@example.com").await;
    organization(&ann, "Harbour Bistro").await;
    let found: Page<OrganizationView> = sue.get("/v1/platform/organizations?query=bistro").await.ok();
    assert_eq!(found.items.len(), 1);
    let people: Page<PersonView> = sue.get("/v1/platform/users?query=ann@example.com").await.ok();
    assert_eq!(people.items[0].id, id_of(&ann).await);
    let detail: Json = sue
        .get(&format!("/v1/platform/users/{}", people.items[0].id))
        .await
        .ok();
    assert_eq!(detail["memberships"][0]["name"], "Harbour Bistro");
    let told: Page<AuditEntryView> = sue.get("/v1/platform/audit").await.ok();
    assert!(told.items.iter().any(|entry| entry.action == "user.viewed"));

    let revoked = world
        .api
        .invoke(
            "platform-revoke-administrator",
            &json!({ "email": "sue@example.com" }),
        )
        .await;
    assert!(revoked.is_ok());
    assert_eq!(
        sue.get("/v1/platform/users").await.code(),
        ProblemCode::NotFound,
        "at once"
    );
}

#[tokio::test]
async fn support_acts_for_a_member_and_the_customer_reads_of_it() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    let sue = administrator(&world, "sue@example.com").await;
    let path = format!("/v1/orgs/{}", org.id);
    assert_eq!(sue.get(&path).await.code(), ProblemCode::NotFound);

    let ann_id = id_of(&ann).await;
    let asked = json!({ "org_id": org.id, "user_id": ann_id, "reason": "Ticket 4711", "minutes": 10 });
    let without = json!({ "org_id": org.id, "user_id": ann_id, "reason": " " });
    assert_eq!(
        sue.post(SESSIONS, without).await.code(),
        ProblemCode::InvalidRequest
    );
    assert_eq!(
        ann.post(SESSIONS, asked.clone()).await.code(),
        ProblemCode::NotFound
    );
    let started = sue.post(SESSIONS, asked).await;
    assert_eq!(started.status, StatusCode::CREATED, "{started:?}");
    let active: ActiveSupportView = sue.get(ACTIVE).await.ok();
    let session = active.session.unwrap();
    assert_eq!(
        (session.organization.as_str(), session.member),
        ("Harbour Bistro", ann_id)
    );

    // What she may do in the member's place, she is told as the member is.
    let rights = async |of: &Person| {
        let me: Me = of.get("/v1/me").await.ok();
        let own = me.memberships.into_iter().map(|membership| membership.rights);
        (
            own.collect::<Vec<_>>(),
            me.support.map(|acting| (acting.org_id, acting.rights)),
        )
    };
    let owners = rights(&ann).await.0.remove(0);
    assert_eq!(rights(&sue).await, (Vec::new(), Some((org.id, owners))));
    let site = json!({ "name": "Pier 4", "time_zone": "UTC" });
    let site = sue.post(&format!("{path}/sites"), site).await;
    assert_eq!(site.status, StatusCode::CREATED, "{site:?}");
    let other = world.sign_in("sue@example.com", PASSWORD).await;
    assert_eq!(
        other.get(&path).await.code(),
        ProblemCode::NotFound,
        "another sign-in"
    );
    assert_eq!(rights(&other).await.1, None);
    assert_eq!(
        send(&sue, Method::DELETE, ACTIVE).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(sue.get(&path).await.code(), ProblemCode::NotFound);
    assert_eq!(rights(&sue).await, (Vec::new(), None));

    let told: Page<AuditEntryView> = ann.get(&format!("{path}/audit")).await.ok();
    let sue_id = id_of(&sue).await.to_string();
    let site_created = told
        .items
        .iter()
        .find(|entry| entry.action == "site.created")
        .unwrap();
    assert_eq!(site_created.actor, sue_id);
    assert_eq!(site_created.acting_as, Some(ann_id.to_string()));
    let log: Page<SupportSessionView> = ann.get(&format!("{path}/support-sessions")).await.ok();
    assert_eq!(log.items.len(), 1);
    assert_eq!(
        (log.items[0].reason.as_str(), log.items[0].status),
        ("Ticket 4711", SupportStatus::Ended)
    );
    assert_eq!(log.items[0].administrator.to_string(), sue_id);
}

#[tokio::test]
async fn support_ends_by_itself() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    let sue = administrator(&world, "sue@example.com").await;
    let asked = json!({ "org_id": org.id, "user_id": id_of(&ann).await, "reason": "Ticket", "minutes": 5 });
    assert_eq!(sue.post(SESSIONS, asked).await.status, StatusCode::CREATED);
    let path = format!("/v1/orgs/{}", org.id);
    world.advance(Span::minutes(4));
    assert_eq!(sue.get(&path).await.status, StatusCode::OK);
    world.advance(Span::minutes(1));
    assert_eq!(sue.get(&path).await.code(), ProblemCode::NotFound);
    let log: Page<SupportSessionView> = ann.get(&format!("{path}/support-sessions")).await.ok();
    assert_eq!(log.items[0].status, SupportStatus::TimedOut);
}
