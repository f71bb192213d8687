//! Keys of machines.

use crate::{member, organization, send};
use freshtrack_contracts::access_keys::{AccessKeyStatus, AccessKeyView, NewAccessKey};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Role;
use freshtrack_domain::time::Span;
use freshtrack_tests::{Answer, PASSWORD, Person, World};
use http::{Method, StatusCode};
use serde_json::json;

/// The time that API Gateway may go on with what the authorizer said before.
const REVOCATION_BOUND: Span = Span::seconds(61);

async fn uploads(world: &World, person: &Person, org: &str, secret: &str) -> Answer {
    let reading = json!({ "readings": [{
        "dev_eui": "A84041FFFF182C3D",
        "recorded_at": world.now().to_string(),
        "temperature_c": 4.0,
    }] });
    let path = format!("/v1/orgs/{org}/readings");
    person.api.post(&path, secret, reading.to_string()).await
}

#[tokio::test]
async fn a_key_is_created_rotated_and_revoked() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    let id = org.id.to_string();
    let keys = format!("/v1/orgs/{id}/access-keys");
    let asked = json!({ "name": "Gateway on the roof", "rights": ["ingest"] });
    let created = ann.post(&keys, asked).await;
    assert_eq!(created.status, StatusCode::CREATED, "{created:?}");
    let first: NewAccessKey = created.ok();
    assert_eq!(
        uploads(&world, &ann, &id, &first.secret.0).await.status,
        StatusCode::OK
    );
    let reads = ann.api.get(&format!("/v1/orgs/{id}"), &first.secret.0).await;
    assert_eq!(reads.code(), ProblemCode::MissingRight);

    let listed: Page<AccessKeyView> = ann.get(&keys).await.ok();
    assert_eq!(listed.items.len(), 1);
    assert_eq!(listed.items[0].last_used_at.unwrap().0, world.now());
    let text = String::from_utf8(ann.get(&keys).await.body.to_vec()).unwrap();
    assert!(!text.contains(&first.secret.0), "shown once");

    let rotation = format!("{keys}/{}/rotation", first.key.id);
    let second: NewAccessKey = ann.post(&rotation, json!({ "overlap_hours": 1 })).await.ok();
    for secret in [&first.secret.0, &second.secret.0] {
        assert_eq!(uploads(&world, &ann, &id, secret).await.status, StatusCode::OK);
    }
    world.advance(Span::hours(1) + REVOCATION_BOUND);
    let over = uploads(&world, &ann, &id, &first.secret.0).await;
    assert!(over.status.is_client_error(), "{over:?}");
    assert_eq!(
        uploads(&world, &ann, &id, &second.secret.0).await.status,
        StatusCode::OK
    );

    let ann = world.sign_in("ann@example.com", PASSWORD).await;
    let revoked = send(&ann, Method::DELETE, &format!("{keys}/{}", first.key.id)).await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    world.advance(REVOCATION_BOUND);
    let over = uploads(&world, &ann, &id, &second.secret.0).await;
    assert!(over.status.is_client_error(), "{over:?}");
    let listed: Page<AccessKeyView> = ann.get(&keys).await.ok();
    assert_eq!(listed.items[0].status, AccessKeyStatus::Revoked);
}

#[tokio::test]
async fn keys_allow_no_more_than_keys_may_and_their_maker_does() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    let keys = format!("/v1/orgs/{}/access-keys", org.id);
    let create =
        async |who: &Person, rights: &[&str]| who.post(&keys, json!({ "name": "k", "rights": rights })).await;
    for right in [
        "manage_organization",
        "manage_members",
        "manage_access_keys",
        "manage_networks",
    ] {
        assert_eq!(
            create(&ann, &[right]).await.code(),
            ProblemCode::InvalidRequest,
            "{right}"
        );
    }
    assert_eq!(
        create(&ann, &["everything"]).await.code(),
        ProblemCode::InvalidRequest
    );
    let manager = member(&world, &ann, org.id, "mia@example.com", Role::Manager).await;
    assert_eq!(
        create(&manager, &["read"]).await.code(),
        ProblemCode::MissingRight
    );

    // A key cannot make keys, be a member, or leave.
    let reader: NewAccessKey = create(&ann, &["read"]).await.ok();
    let by_key = ann.api.post(&keys, &reader.secret.0, json!({}).to_string()).await;
    assert_eq!(by_key.code(), ProblemCode::MissingRight);
    let leave = format!("/v1/orgs/{}/leave", org.id);
    let left = ann.api.post(&leave, &reader.secret.0, "").await;
    assert_eq!(left.code(), ProblemCode::MissingRight);
    let me = ann.api.get("/v1/me", &reader.secret.0).await;
    assert_eq!(me.code(), ProblemCode::NotSignedIn);
    let platform = ann.api.get("/v1/platform/users", &reader.secret.0).await;
    assert_eq!(platform.code(), ProblemCode::NotSignedIn);
}

#[tokio::test]
async fn keys_of_a_deleted_organization_end_within_the_bound() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    let id = org.id.to_string();
    let asked = json!({ "name": "Gateway", "rights": ["ingest"] });
    let key: NewAccessKey = ann.post(&format!("/v1/orgs/{id}/access-keys"), asked).await.ok();
    assert_eq!(
        uploads(&world, &ann, &id, &key.secret.0).await.status,
        StatusCode::OK
    );
    send(&ann, Method::DELETE, &format!("/v1/orgs/{id}")).await;
    world.advance(REVOCATION_BOUND);
    let over = uploads(&world, &ann, &id, &key.secret.0).await;
    assert!(over.status.is_client_error(), "{over:?}");
}
