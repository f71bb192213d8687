//! Temperatures logged by hand, from a telephone without network to the list of what is due.

use freshtrack_contracts::logbook::{DueLog, LogReport, LogStatus, LogView};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Right;
use freshtrack_domain::time::Span;
use freshtrack_tests::World;
use http::Method;
use serde_json::json;

#[tokio::test]
async fn what_was_logged_without_network_is_told_later_and_once() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let unit = tenant.unit(0).id;
    let (api, logger) = (tenant.api, tenant.key(Right::LogTemperatures));
    let by_hand = json!({ "logged_by_hand": true }).to_string();
    let updater = tenant.key(Right::UpdateUnits);
    let path = tenant.path(&format!("units/{unit}"));
    let patched = api.send(Method::PATCH, &path, Some(updater), by_hand).await;
    assert!(patched.status.is_success(), "{patched:?}");

    let before = world.now() - Span::hours(2);
    let warm = json!({ "temperature_f": 48.2 }).to_string();
    let logs = tenant.path(&format!("units/{unit}/logs"));
    let refused = api.post(&logs, logger, warm).await;
    assert_eq!(refused.code(), ProblemCode::CorrectiveActionRequired);
    let kept = json!({ "logs": [
        {
            "unit_id": unit,
            "temperature_f": 48.2,
            "recorded_at": before.to_string(),
            "corrective_action": "Food moved to the walk-in.",
            "client_id": "01JD8Q6V5W3Y8R2T4N6M8P0Q2S",
        },
        { "unit_id": unit, "temperature_c": 3.0, "client_id": "0193a5c2-7f3e-7b1a-9c4d-5e6f7a8b9c0d" },
    ] });
    for expected in [
        [LogStatus::Accepted, LogStatus::Accepted],
        [LogStatus::Duplicate, LogStatus::Duplicate],
    ] {
        let report = api.post(&tenant.path("logs"), logger, kept.to_string()).await;
        let report: LogReport = report.ok();
        let statuses: Vec<LogStatus> = report.results.iter().map(|result| result.status).collect();
        assert_eq!(statuses, expected);
        world.advance(Span::minutes(1));
    }
    let list: Page<LogView> = tenant.read(&format!("units/{unit}/logs")).await.ok();
    assert_eq!(list.items.len(), 2);
    assert_eq!(
        (list.items[1].recorded_at.0, list.items[1].in_range),
        (before, false)
    );
    let one: LogView = tenant
        .read(&format!("units/{unit}/logs/{}", list.items[1].id))
        .await
        .ok();
    assert_eq!(one, list.items[1]);
    let readings = tenant.readings_between(unit, before, world.now()).await;
    assert_eq!(readings.len(), 2);
    let due: Page<DueLog> = tenant.read("logs/due").await.ok();
    assert_eq!((due.items.len(), due.items[0].is_due), (1, false));
    world.settled().await;
}
