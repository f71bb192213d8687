//! A pot of soup that cools too slowly: from its start to the alert that the clock raises, and to what was done.

use crate::story::{events, trail};
use freshtrack_contracts::alerts::AlertView;
use freshtrack_contracts::live::ServerBody;
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_contracts::processes::{ObservationView, ProcessKindView, ProcessView};
use freshtrack_domain::access::Right;
use freshtrack_domain::alert::{AlertKind, AlertStatus, Severity};
use freshtrack_domain::process::{NextAction, Verdict};
use freshtrack_domain::time::Span;
use freshtrack_tests::{Socket, World};
use serde_json::json;

/// The next alert of a process that the screen is told of: the unit's sensor is silent, and asks for somebody too.
async fn told(screen: &mut Socket) -> AlertView {
    screen
        .until("an alert of a process", |body| match body {
            ServerBody::AlertsChanged { alerts } => alerts
                .iter()
                .find(|alert| alert.kind == AlertKind::TimedProcess)
                .cloned(),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn a_cooling_that_is_too_slow_is_told_of_by_the_clock_until_something_is_done() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let unit = tenant.unit(0).id;
    let (api, cook) = (tenant.api, tenant.key(Right::LogTemperatures));
    let mut screen = tenant.watching().await;
    let kinds: Page<ProcessKindView> = tenant.read("process-kinds").await.ok();
    assert!(
        kinds
            .items
            .iter()
            .flat_map(|kind| &kind.stages)
            .all(|stage| !stage.source.is_empty())
    );

    let started = world.now();
    let start = json!({
        "kind": "two_stage_cooling",
        "product": "Tomato soup",
        "batch": "B 7",
        "unit_id": unit,
        "started_at": started.to_string(),
    });
    let soup: ProcessView = api
        .post(&tenant.path("processes"), cook, start.to_string())
        .await
        .ok();
    let process = format!("processes/{}", soup.id);
    let observations = tenant.path(&format!("{process}/observations"));
    let hot = json!({ "temperature_f": 134.6, "measured_at": soup.started_at });
    let hot: ObservationView = api.post(&observations, cook, hot.to_string()).await.ok();
    assert_eq!(hot.temperature_c, 57.0);

    world.advance(Span::minutes(91));
    let reminder = told(&mut screen).await;
    assert_eq!(
        (
            reminder.kind,
            reminder.severity,
            reminder.unit_id,
            reminder.process_id
        ),
        (AlertKind::TimedProcess, Severity::Warning, unit, Some(soup.id))
    );
    // A socket lives for two hours.
    screen = tenant.watching().await;
    world.advance(Span::minutes(30));
    let failed = told(&mut screen).await;
    assert_eq!((failed.id, failed.severity), (reminder.id, Severity::Critical));
    assert_eq!(
        failed.explanation,
        "Tomato soup was last at 57.0 °C (134.6 °F) and not at 21.0 °C (69.8 °F) or less within 2 h: 36.0 °C warmer (FDA Food Code \
         2022, 3-501.14(A)(1))."
    );
    let shown: ProcessView = tenant.read(&process).await.ok();
    assert_eq!(
        (shown.progress.verdict, shown.progress.next_action, shown.alert_id),
        (Verdict::Failed, NextAction::ReheatOrDiscard, Some(failed.id))
    );

    let end = tenant.path(&format!("{process}/end"));
    let silent = api
        .post(&end, cook, json!({ "outcome": "finished" }).to_string())
        .await;
    assert_eq!(silent.code(), ProblemCode::CorrectiveActionRequired);
    let done = json!({ "outcome": "finished", "corrective_action": "Discarded." });
    for _ in 0..2 {
        let ended: ProcessView = api.post(&end, cook, done.to_string()).await.ok();
        assert_eq!(ended.progress.next_action, NextAction::Nothing);
    }
    let over = told(&mut screen).await;
    assert_eq!((over.id, over.status), (failed.id, AlertStatus::Resolved));
    let trail = trail(&tenant, failed.id, 3).await;
    let at = |minutes| soup.started_at.0 + Span::minutes(minutes);
    assert_eq!(
        events(&trail)[..2],
        [("alert.opened", at(90)), ("alert.upgraded", at(120))],
        "as of when it was due"
    );
    assert_eq!(trail.len(), 3);
    let failures: Page<ProcessView> = tenant.read("processes?verdict=failed").await.ok();
    assert_eq!(failures.items.len(), 1);
    world.settled().await;
}
