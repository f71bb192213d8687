//! What is known of what was done, and that nobody can change it unnoticed.

use crate::{id_of, organization, send};
use bytes::Bytes;
use freshtrack_contracts::audit::{AuditDamage, AuditEntryView, AuditVerification, BrokenEntry};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::ids::OrgId;
use freshtrack_local::endpoint::AwsEndpoint as _;
use freshtrack_tests::World;
use http::{Method, Request, StatusCode};
use serde_json::{Value as Json, json};

/// Changes an entry of an organization's chain as somebody with access to the table could.
async fn tamper(world: &World, org_id: OrgId, seq: u64) {
    let table = &world.host.system().tables[0].name;
    let body = json!({
        "TableName": table,
        "Key": { "pk": { "S": format!("O#{org_id}") }, "sk": { "S": format!("AUDIT#{seq:012}") } },
        "UpdateExpression": "SET d.actor = :actor",
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeValues": { ":actor": { "S": "usr_01JD8Q6V5X8A2C4E6G8J0M2P4R" } },
    });
    let request = Request::post("/")
        .header("x-amz-target", "DynamoDB_20120810.UpdateItem")
        .body(Bytes::from(body.to_string()))
        .unwrap();
    let response = world.host.services().call(request).await;
    assert_eq!(response.status(), StatusCode::OK, "{response:?}");
}

#[tokio::test]
async fn every_change_leaves_its_trace_and_none_can_be_altered_unnoticed() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    let path = format!("/v1/orgs/{}", org.id);
    let site = json!({ "name": "Pier 4", "time_zone": "UTC" });
    let site: Json = ann.post(&format!("{path}/sites"), site).await.ok();
    ann.send(Method::PATCH, &path, json!({ "name": "Harbour" })).await;
    let key = json!({ "name": "Gateway", "rights": ["ingest"] });
    ann.post(&format!("{path}/access-keys"), key).await;

    let audit = format!("{path}/audit");
    let told: Page<AuditEntryView> = ann.get(&audit).await.ok();
    let actions: Vec<_> = told.items.iter().map(|entry| entry.action.as_str()).collect();
    let expected = [
        "access_key.created",
        "organization.updated",
        "site.created",
        "organization.created",
    ];
    assert_eq!(actions, expected);
    let ann_id = id_of(&ann).await.to_string();
    assert!(told.items.iter().all(|entry| entry.actor == ann_id));
    let text = String::from_utf8(ann.get(&audit).await.body.to_vec()).unwrap();
    assert!(
        !text.contains("ftk_") && !text.contains("ann@"),
        "no secrets, no addresses: {text}"
    );

    let first: Page<AuditEntryView> = ann.get(&format!("{audit}?limit=3")).await.ok();
    let rest = format!("{audit}?limit=3&cursor={}", first.next_cursor.unwrap());
    let rest: Page<AuditEntryView> = ann.get(&rest).await.ok();
    assert_eq!((rest.items.len(), rest.next_cursor), (1, None));
    let of_site = format!("{audit}?target={}", site["id"].as_str().unwrap());
    let of_site: Page<AuditEntryView> = ann.get(&of_site).await.ok();
    assert_eq!(of_site.items.len(), 1);
    let foreign = ann.get(&format!("{audit}?cursor=TUVNQkVSI3g")).await;
    assert_eq!(foreign.code(), ProblemCode::InvalidRequest);

    let verification = format!("{audit}/verification");
    let intact: AuditVerification = ann.get(&verification).await.ok();
    assert_eq!((intact.verified, intact.broken), (4, None));
    assert_eq!(intact.hash, told.items[0].hash);
    tamper(&world, org.id, 3).await;
    let altered = BrokenEntry {
        seq: 3,
        damage: AuditDamage::Altered,
    };
    let broken: AuditVerification = ann.get(&verification).await.ok();
    assert_eq!((broken.verified, broken.broken), (2, Some(altered)));
    let found = world
        .api
        .invoke("platform-verify-audit", &json!({ "org_id": org.id }))
        .await;
    assert_eq!(found.unwrap()["broken"], json!({ "seq": 3, "damage": "altered" }));
    let platform = world.api.invoke("platform-verify-audit", &json!({})).await;
    assert_eq!(platform.unwrap()["broken"], Json::Null);
}

#[tokio::test]
async fn the_log_outlives_what_it_tells_of() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    let path = format!("/v1/orgs/{}", org.id);
    send(&ann, Method::DELETE, &path).await;
    ann.post(&format!("{path}/restore"), json!({})).await;
    let told: Page<AuditEntryView> = ann.get(&format!("{path}/audit")).await.ok();
    let actions: Vec<_> = told.items.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(
        actions,
        [
            "organization.restored",
            "organization.deleted",
            "organization.created"
        ]
    );
}
