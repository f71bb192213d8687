//! What people do about an alert, from the first sight to the signature under what is over.

use crate::story::{measure, told, trail};
use freshtrack_contracts::alerts::{AcknowledgementReport, AcknowledgementResult, AlertAnalytics, AlertView};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Right;
use freshtrack_domain::alert::{AlertStatus, Severity};
use freshtrack_domain::handling::HandlingStatus;
use freshtrack_domain::ids::AlertId;
use freshtrack_domain::time::Span;
use freshtrack_tests::{Answer, Socket, Tenant, World, eventually};
use serde_json::{Value as Json, json};

/// Posts `body` about an alert, with the key for `right`.
async fn act(tenant: &Tenant, right: Right, id: AlertId, verb: &str, body: Json) -> Answer {
    let path = tenant.path(&format!("alerts/{id}/{verb}"));
    tenant.api.post(&path, tenant.key(right), body.to_string()).await
}

/// How far people are with an alert.
fn handled(alert: &AlertView) -> HandlingStatus {
    alert.handling.as_ref().unwrap().status
}

/// The alerts that ask for a signature, once there are `count`.
async fn unsigned(tenant: &Tenant, count: usize) -> Vec<AlertView> {
    eventually("the list of signatures", async || {
        let list: Page<AlertView> = tenant.read("alerts?unsigned=true").await.ok();
        (list.items.len() == count).then_some(list.items)
    })
    .await
}

/// Confirmed excursions of units, all at the same time; their alerts.
async fn alarms(world: &World, tenant: &Tenant, screen: &mut Socket, units: &[usize]) -> Vec<AlertView> {
    let mut alerts = Vec::new();
    for count in 1..=3 {
        for index in units {
            measure(world, tenant, *index, count, 800).await;
            match count {
                1 => drop(told(screen).await),
                2 => {}
                _ => alerts.push(told(screen).await),
            }
        }
        world.advance(Span::minutes(5));
    }
    alerts
}

#[tokio::test]
async fn an_excursion_is_seen_recovers_and_is_signed_off() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let mut screen = tenant.watching().await;
    let [alert] = alarms(&world, &tenant, &mut screen, &[0])
        .await
        .try_into()
        .unwrap();
    assert_eq!(
        (alert.severity, handled(&alert)),
        (Severity::Critical, HandlingStatus::Open)
    );
    let id = alert.id;
    let seen = act(
        &tenant,
        Right::AcknowledgeAlerts,
        id,
        "acknowledge",
        json!({ "note": "On it." }),
    )
    .await;
    let seen: AlertView = seen.ok();
    assert_eq!(handled(&seen), HandlingStatus::Acknowledged);
    assert_eq!(told(&mut screen).await, seen, "every screen hears of it");
    let again: AlertView = act(&tenant, Right::AcknowledgeAlerts, id, "acknowledge", json!({}))
        .await
        .ok();
    assert_eq!(again, seen);
    let until = (world.now() + Span::minutes(30)).to_string();
    let waiting = act(
        &tenant,
        Right::AcknowledgeAlerts,
        id,
        "snooze",
        json!({ "until": until }),
    )
    .await;
    assert!(waiting.ok::<AlertView>().handling.unwrap().snooze.is_some());
    told(&mut screen).await;

    let site = tenant.path(&format!("sites/{}", tenant.document.sites[0].id));
    let haccp = json!({ "compliance": "haccp" }).to_string();
    let manager = tenant.key(Right::ManagePlaces);
    let patched = tenant
        .api
        .send(http::Method::PATCH, &site, Some(manager), haccp)
        .await;
    assert!(patched.status.is_success(), "{patched:?}");
    let text = json!({ "text": "The gasket was torn." });
    let refused = act(&tenant, Right::ResolveAlerts, id, "resolve", text).await;
    assert_eq!(refused.code(), ProblemCode::CorrectiveActionRequired);
    assert_eq!(refused.problem().field.as_deref(), Some("corrective_action"));

    measure(&world, &tenant, 0, 4, 300).await;
    let over = told(&mut screen).await;
    assert_eq!(
        (over.status, handled(&over)),
        (AlertStatus::Resolved, HandlingStatus::Acknowledged)
    );
    world.advance(Span::minutes(1));
    let full =
        json!({ "text": "The gasket was torn.", "corrective_action": "Replaced. Two trays discarded." });
    let signed = act(&tenant, Right::ResolveAlerts, id, "resolve", full.clone()).await;
    let signed: AlertView = signed.ok();
    assert_eq!(handled(&signed), HandlingStatus::Resolved);
    let repeated = act(&tenant, Right::ResolveAlerts, id, "resolve", full).await;
    assert_eq!(repeated.ok::<AlertView>(), signed);

    let trail = trail(&tenant, id, 6).await;
    let acts: Vec<(&str, bool)> = trail
        .iter()
        .map(|entry| (entry.event.as_str(), entry.by.is_some()))
        .collect();
    assert_eq!(
        acts,
        [
            ("alert.opened", false),
            ("alert.upgraded", false),
            ("alert.acknowledged", true),
            ("alert.snoozed", true),
            ("alert.resolved", false),
            ("alert.signed_off", true)
        ]
    );
    let audited = tenant
        .api
        .get(&tenant.path("audit"), tenant.key(Right::ViewAudit))
        .await;
    let audited = audited.ok::<Json>().to_string();
    for action in ["alert.acknowledged", "alert.snoozed", "alert.resolved"] {
        assert!(audited.contains(action), "{action}");
    }
    assert!(
        !audited.contains("gasket"),
        "what people write is no business of the audit log"
    );
    world.settled().await;
}

#[tokio::test]
async fn an_excursion_that_nobody_saw_waits_for_a_signature() {
    let world = World::start().await;
    let tenant = world.tenant(2).await;
    let mut screen = tenant.watching().await;
    let alerts = alarms(&world, &tenant, &mut screen, &[0, 1]).await;
    let [first, second] = <[AlertView; 2]>::try_from(alerts).unwrap();
    for index in [0, 1] {
        measure(&world, &tenant, index, 4, 300).await;
        told(&mut screen).await;
    }
    assert_eq!(tenant.alerts(AlertStatus::Open).await.items, []);
    let waiting = unsigned(&tenant, 2).await;
    let mut newest_first = [first.id, second.id];
    newest_first.sort_by_key(|id| std::cmp::Reverse(*id));
    assert_eq!([waiting[0].id, waiting[1].id], newest_first);
    assert!(waiting.iter().all(|alert| alert.status == AlertStatus::Resolved));

    let unknown: AlertId = freshtrack_testkit::fresh_id();
    let body = json!({ "alerts": [first.id, unknown, second.id], "note": "Seen in the morning." });
    let many = tenant.path("alerts/acknowledge");
    let acknowledger = tenant.key(Right::AcknowledgeAlerts);
    let report = tenant.api.post(&many, acknowledger, body.to_string()).await;
    let report: AcknowledgementReport = report.ok();
    let results: Vec<AcknowledgementResult> = report.results.iter().map(|one| one.result).collect();
    assert_eq!(
        results,
        [
            AcknowledgementResult::Acknowledged,
            AcknowledgementResult::NotFound,
            AcknowledgementResult::Acknowledged
        ]
    );
    unsigned(&tenant, 0).await;
    let analytics: AlertAnalytics = tenant.read("alerts/analytics").await.ok();
    assert_eq!((analytics.alerts, analytics.to_acknowledge.alerts), (2, 2));
    assert_eq!(analytics.worst_units.len(), 2);
    world.settled().await;
}

#[tokio::test]
async fn alerts_are_handled_by_those_who_may() {
    let world = World::start().await;
    let (tenant, other) = (world.tenant(1).await, world.tenant(1).await);
    let mut screen = tenant.watching().await;
    let id = alarms(&world, &tenant, &mut screen, &[0]).await[0].id;
    let text = json!({ "text": "A delivery." });
    let refused = act(&tenant, Right::AcknowledgeAlerts, id, "resolve", text.clone()).await;
    assert_eq!(refused.code(), ProblemCode::MissingRight);
    let foreign = act(&other, Right::ResolveAlerts, id, "resolve", text).await;
    assert_eq!(foreign.code(), ProblemCode::NotFound);
    for (query, code) in [
        ("status=gone", ProblemCode::InvalidRequest),
        ("kind=flood", ProblemCode::InvalidRequest),
        ("unsigned=perhaps", ProblemCode::InvalidRequest),
        ("from=yesterday", ProblemCode::InvalidRequest),
    ] {
        assert_eq!(
            tenant.read(&format!("alerts?{query}")).await.code(),
            code,
            "{query}"
        );
    }
    let critical: Page<AlertView> = tenant.read("alerts?severity=critical&handling=open").await.ok();
    assert_eq!(critical.items.len(), 1);
    let warning: Page<AlertView> = tenant.read("alerts?severity=warning").await.ok();
    assert_eq!(warning.items, []);
}
