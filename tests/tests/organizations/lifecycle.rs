//! Organizations come and go.

use crate::{id_of, member, organization, send};
use freshtrack_contracts::organizations::{OrganizationView, SlugAvailability};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Role;
use freshtrack_domain::time::Span;
use freshtrack_tests::{PASSWORD, World};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value as Json, json};

fn etag(headers: &HeaderMap) -> String {
    headers["etag"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn somebody_signs_up_and_runs_an_organization() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    assert_eq!(org.slug.as_str(), "harbour-bistro");
    let me: Json = ann.get("/v1/me").await.ok();
    assert_eq!(me["memberships"][0]["org_id"], json!(org.id));
    assert_eq!(me["memberships"][0]["role"], "owner");

    let path = format!("/v1/orgs/{}", org.id);
    let shown = ann.get(&path).await;
    assert_eq!(etag(&shown.headers), "\"1\"");
    assert_eq!(shown.ok::<OrganizationView>(), org);
    let change = json!({ "name": "Harbour Bistro & Bar", "slug": "harbour", "display": "celsius" });
    let changed = ann.send(Method::PATCH, &path, change).await;
    assert_eq!(etag(&changed.headers), "\"2\"");
    let changed: OrganizationView = changed.ok();
    assert_eq!(changed.name.as_str(), "Harbour Bistro & Bar");

    for (slug, available) in [("harbour", false), ("harbour-bistro", true), ("No%20Slug", false)] {
        let answer: SlugAvailability = ann.get(&format!("/v1/slugs/{slug}")).await.ok();
        assert_eq!(answer.available, available, "{answer:?}");
    }
    let taken = json!({ "name": "Another", "slug": "harbour", "time_zone": "UTC" });
    assert_eq!(ann.post("/v1/orgs", taken).await.code(), ProblemCode::Conflict);
    let unknown = json!({ "name": "Another", "time_zone": "UTC", "colour": "red" });
    assert_eq!(
        ann.post("/v1/orgs", unknown).await.code(),
        ProblemCode::InvalidRequest
    );

    // The first thing anybody does with it: a site.
    let site = json!({ "name": "Pier 4", "time_zone": "America/New_York" });
    let created = ann.post(&format!("{path}/sites"), site).await;
    assert_eq!(created.status, StatusCode::CREATED, "{created:?}");
}

#[tokio::test]
async fn a_request_that_is_sent_again_creates_nothing_again() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let create = async || {
        let token = format!("Bearer {}", ann.tokens.access_token.0);
        let request = http::Request::post("/v1/orgs")
            .header("authorization", token)
            .header("content-type", "application/json")
            .header("idempotency-key", "the-first-organization")
            .body(bytes::Bytes::from_static(
                br#"{"name": "Harbour Bistro", "time_zone": "UTC"}"#,
            ))
            .unwrap();
        let response = freshtrack_local::client::send(ann.api.address, request)
            .await
            .unwrap();
        serde_json::from_slice::<OrganizationView>(response.body()).unwrap()
    };
    let first = create().await;
    assert_eq!(create().await, first);
    let own: Page<OrganizationView> = ann.get("/v1/orgs").await.ok();
    assert_eq!(own.items, [first]);
}

#[tokio::test]
async fn a_deleted_organization_exists_for_nobody_but_its_owner() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    let admin = member(&world, &ann, org.id, "adam@example.com", Role::Admin).await;
    let path = format!("/v1/orgs/{}", org.id);
    let refused = send(&admin, Method::DELETE, &path).await;
    assert_eq!(refused.code(), ProblemCode::MissingRight);
    let deleted = send(&ann, Method::DELETE, &path).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);

    for person in [&ann, &admin] {
        assert_eq!(person.get(&path).await.code(), ProblemCode::NotFound);
        let overview = person.get(&format!("{path}/overview")).await;
        assert_eq!(overview.code(), ProblemCode::NotFound);
    }
    let me: Json = admin.get("/v1/me").await.ok();
    assert_eq!(me["memberships"], json!([]));
    let gone: Page<OrganizationView> = admin.get("/v1/orgs").await.ok();
    assert!(gone.items.is_empty());
    let own: Page<OrganizationView> = ann.get("/v1/orgs").await.ok();
    assert!(own.items[0].restorable_until.is_some());

    let restore = format!("{path}/restore");
    assert_eq!(
        admin.post(&restore, json!({})).await.code(),
        ProblemCode::NotFound
    );
    let stranger = world.person("bob@example.com").await;
    assert_eq!(
        stranger.post(&restore, json!({})).await.code(),
        ProblemCode::NotFound
    );
    organization(&stranger, "Harbour Bistro").await;
    assert_eq!(ann.post(&restore, json!({})).await.code(), ProblemCode::Conflict);
    let restored = ann.post(&restore, json!({ "slug": "harbour-again" })).await;
    assert_eq!(restored.ok::<OrganizationView>().slug.as_str(), "harbour-again");
    assert_eq!(admin.get(&path).await.status, StatusCode::OK);
}

#[tokio::test]
async fn after_thirty_days_an_organization_is_gone_for_good() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    let path = format!("/v1/orgs/{}", org.id);
    send(&ann, Method::DELETE, &path).await;
    world.advance(Span::hours(30 * 24));
    let ann = world.sign_in("ann@example.com", PASSWORD).await;
    let late = ann.post(&format!("{path}/restore"), json!({})).await;
    assert_eq!(late.code(), ProblemCode::Conflict);
}

#[tokio::test]
async fn an_account_ends_without_orphans() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    let bob = member(&world, &ann, org.id, "bob@example.com", Role::Staff).await;
    let refused = send(&ann, Method::DELETE, "/v1/me").await;
    assert_eq!(refused.code(), ProblemCode::Conflict);
    assert!(refused.problem().detail.contains("Harbour Bistro"), "{refused:?}");

    let heir = json!({ "user_id": id_of(&bob).await });
    let handed_on = ann.post(&format!("/v1/orgs/{}/ownership", org.id), heir).await;
    assert_eq!(handed_on.status, StatusCode::NO_CONTENT, "{handed_on:?}");
    let deleted = send(&ann, Method::DELETE, "/v1/me").await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    let again = world
        .anyone(
            "sign-in",
            json!({ "email": "ann@example.com", "password": PASSWORD }),
        )
        .await;
    assert_eq!(again.code(), ProblemCode::NotSignedIn);
    let members: Json = bob.get(&format!("/v1/orgs/{}/members", org.id)).await.ok();
    assert_eq!(members["items"].as_array().unwrap().len(), 1);

    // The address is free for an account that has nothing to do with the former.
    let anew = world.person("ann@example.com").await;
    let me: Json = anew.get("/v1/me").await.ok();
    assert_eq!(me["memberships"], json!([]));
}
