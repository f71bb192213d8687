//! What an operator brought in belongs to the organization like whatever its people set up: they see it, change it, and
//! what they change holds.

use freshtrack_contracts::audit::AuditEntryView;
use freshtrack_contracts::ingest::ItemStatus::{self, Accepted, Duplicate};
use freshtrack_contracts::page::Page;
use freshtrack_domain::access::Right;
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::UnitStatus;
use freshtrack_tests::{Answer, Frame, Tenant, World, statuses};
use http::{Method, StatusCode, header};
use serde_json::{Value as Json, json};

/// Changes what is at `path`.
async fn patch(tenant: &Tenant, path: &str, body: Json) -> Answer {
    let right = if path.starts_with("units/") {
        Right::UpdateUnits
    } else {
        Right::ManagePlaces
    };
    let (path, key) = (tenant.path(path), tenant.key(right));
    tenant
        .api
        .send(Method::PATCH, &path, Some(key), body.to_string())
        .await
}

/// What is at `path`, and its revision.
async fn get(tenant: &Tenant, path: &str) -> (Json, String) {
    let answer = tenant.api.get(&tenant.path(path), tenant.key(Right::Read)).await;
    let revision = answer
        .headers
        .get(header::ETAG)
        .map(|tag| tag.to_str().unwrap().to_owned());
    (answer.ok(), revision.unwrap_or_default())
}

/// Sends the `count`th frame of the first unit's sensor; what became of it.
async fn measure(world: &World, tenant: &Tenant, count: u32, centi: i16) -> Vec<ItemStatus> {
    let frame = Frame::new(tenant.dev_eui(0), world.now(), count, centi);
    statuses(&tenant.things_stack(&frame.things_stack()).await)
}

#[tokio::test]
async fn what_was_brought_in_is_seen_and_changed_like_anything_else() {
    let world = World::start().await;
    let tenant = world.tenant(2).await;
    let (site, area, unit) = (
        tenant.document.sites[0].id,
        tenant.document.sites[0].areas[0].id,
        tenant.unit(0).id,
    );
    assert_eq!(get(&tenant, &format!("sites/{site}")).await.0["name"], "Pier 4");
    assert_eq!(get(&tenant, &format!("areas/{area}")).await.0["name"], "Line");
    assert_eq!(get(&tenant, "sites").await.0["items"][0]["units"]["total"], 2);
    assert_eq!(
        get(&tenant, &format!("units/{unit}")).await.0["name"],
        "Reach-in 1"
    );
    let rules = get(&tenant, &format!("units/{unit}/rules")).await.0;
    assert_eq!(
        (
            &rules["set"]["low_c"],
            &rules["set"]["high_c"],
            &rules["set"]["confirm_door_closed_minutes"]
        ),
        (&json!(0.0), &json!(5.0), &json!(10))
    );
    assert_eq!(measure(&world, &tenant, 1, 300).await, [Accepted]);

    for (path, change) in [
        (format!("sites/{site}"), json!({ "name": "Pier 5" })),
        (format!("areas/{area}"), json!({ "sort_order": 3 })),
        // The kind has other limits: those of the document are the unit's own and hold on.
        (
            format!("units/{unit}"),
            json!({ "name": "Fish", "kind": "freezer" }),
        ),
    ] {
        let changed = patch(&tenant, &path, change).await;
        assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
    }
    let taken = patch(&tenant, &format!("units/{unit}"), json!({ "name": "reach-in 2" })).await;
    assert_eq!(taken.status, StatusCode::CONFLICT, "{taken:?}");
    world.advance(Span::minutes(5));
    assert_eq!(measure(&world, &tenant, 2, 300).await, [Accepted]);
    let seen = tenant.unit_view(0).await;
    assert_eq!((seen.name.as_str(), seen.now.status), ("Fish", UnitStatus::Ok));
    assert_eq!((seen.now.low_c, seen.now.high_c), (0.0, 5.0));
    world.settled().await;
}

#[tokio::test]
async fn a_document_that_was_brought_in_before_changes_nothing() {
    let world = World::start().await;
    let mut tenant = world.tenant(2).await;
    let paths = [
        format!("sites/{}", tenant.document.sites[0].id),
        format!("areas/{}", tenant.document.sites[0].areas[0].id),
        format!("units/{}", tenant.unit(0).id),
        format!("units/{}/rules", tenant.unit(0).id),
    ];
    let look = async |tenant: &Tenant| {
        let mut seen = Vec::new();
        for path in &paths {
            seen.push(get(tenant, path).await);
        }
        seen
    };
    let audited = async |tenant: &Tenant| {
        let key = tenant.key(Right::ViewAudit);
        let page: Page<AuditEntryView> = tenant.api.get(&tenant.path("audit"), key).await.ok();
        page.items
            .iter()
            .map(|entry| entry.action.clone())
            .collect::<Vec<_>>()
    };
    let (before, entries) = (look(&tenant).await, audited(&tenant).await);
    assert!(entries.contains(&"site.imported".to_owned()), "{entries:?}");
    tenant.import().await;
    assert_eq!((look(&tenant).await, audited(&tenant).await), (before, entries));

    assert_eq!(measure(&world, &tenant, 1, 300).await, [Accepted]);
    tenant.unit_mut(0).high_c = Some(2.0);
    tenant.import().await;
    assert_eq!(tenant.unit_view(0).await.now.status, UnitStatus::Excursion);
    assert_eq!(measure(&world, &tenant, 1, 300).await, [Duplicate]);
    world.settled().await;
}
