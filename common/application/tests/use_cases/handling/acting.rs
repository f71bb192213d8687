//! Seeing, putting off and signing off.

use super::{code_of, handling, note};
use crate::support::{Stage, WARM, done, minute, shown};
use freshtrack_application::alerts::{AlertQuery, acknowledge_alerts};
use freshtrack_application::audit::verify_audit;
use freshtrack_application::ports::Records;
use freshtrack_application::{LiveUpdate, PageRequest, PortErrorKind};
use freshtrack_contracts::alerts::{AcknowledgeAlerts, AcknowledgementResult, AlertView};
use freshtrack_contracts::events::Happening;
use freshtrack_contracts::live::{ServerBody, Topic};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Role;
use freshtrack_domain::alert::{AlertStatus, Severity};
use freshtrack_domain::handling::{Handling, HandlingStatus};
use freshtrack_domain::ids::AlertId;
use freshtrack_domain::text::Notes;
use freshtrack_domain::time::Span;
use freshtrack_testkit::{World, fresh_id, killed_after};

#[tokio::test]
async fn an_acknowledgement_counts_once_and_says_who_and_when() {
    let stage = Stage::new(1);
    let id = stage.alarmed(0, &[0, 11]).await;
    let first = stage.acknowledge(&stage.cook(), id).await.unwrap();
    let seen = handling(&first).acknowledgement.clone().unwrap();
    assert_eq!(
        (
            seen.signature.by.as_str(),
            seen.note.as_str(),
            seen.signature.severity
        ),
        ("usr_cook", "Seen.", Severity::Critical)
    );
    assert_eq!(seen.signature.at.0, stage.now());
    assert_eq!(first.status, AlertStatus::Open, "the food is as warm as before");
    stage.world.clock.advance(Span::minutes(5));
    let again = stage.acknowledge(&stage.manager(), id).await.unwrap();
    assert_eq!(again, first, "whoever comes later changes nothing");
    stage.deliver().await;
    let trail = stage.trail(id).await;
    let seen = (
        "alert.acknowledged".to_owned(),
        Some("usr_cook".to_owned()),
        "Seen.".to_owned(),
    );
    assert_eq!(trail.len(), 3);
    assert_eq!(trail[2], seen);
}

#[tokio::test]
async fn neither_side_overwrites_the_other() {
    let stage = Stage::new(1);
    let id = stage.alarmed(0, &[0]).await;
    stage.acknowledge(&stage.cook(), id).await.unwrap();
    stage.alarmed(0, &[11]).await;
    let listed = stage.listed(&stage.viewer(), AlertQuery::default()).await;
    assert_eq!(
        (listed[0].severity, handling(&listed[0]).status),
        (Severity::Critical, HandlingStatus::Open),
        "it became worse than what was seen"
    );
    assert!(handling(&listed[0]).acknowledgement.is_some());
    stage.acknowledge(&stage.manager(), id).await.unwrap();
    stage.recovered(0, 20).await;
    let query = AlertQuery {
        status: Some(AlertStatus::Resolved),
        ..AlertQuery::default()
    };
    let [over] = stage.listed(&stage.viewer(), query).await.try_into().unwrap();
    assert_eq!(over.resolved_at.unwrap().0, minute(20));
    assert_eq!(handling(&over).status, HandlingStatus::Acknowledged);
    let by = &handling(&over).acknowledgement.as_ref().unwrap().signature.by;
    assert_eq!(by, "usr_manager");
    let trail = stage.trail(id).await;
    let mut happened: Vec<&str> = trail.iter().map(|(event, ..)| event.as_str()).collect();
    happened.sort_unstable();
    assert_eq!(
        happened,
        [
            "alert.acknowledged",
            "alert.acknowledged",
            "alert.opened",
            "alert.resolved",
            "alert.upgraded"
        ]
    );
}

#[tokio::test]
async fn a_snooze_ends_by_itself_and_by_what_becomes_worse() {
    let stage = Stage::new(1);
    let id = stage.alarmed(0, &[0]).await;
    let now = stage.now();
    for bad in [now, now - Span::minutes(1), now + Span::hours(25)] {
        assert_eq!(code_of(stage.snooze(id, bad).await), ProblemCode::InvalidRequest);
    }
    let until = now + Span::minutes(30);
    let waiting = stage.snooze(id, until).await.unwrap();
    assert_eq!(handling(&waiting).snooze.as_ref().unwrap().until.0, until);
    assert!(handling(&waiting).needs_signature, "waiting is not signing");
    assert_eq!(stage.snooze(id, until).await.unwrap(), waiting);
    let events = stage.deliver().await;
    let snoozed = events
        .iter()
        .filter(|event| matches!(event.what, Happening::AlertSnoozed(_)));
    assert_eq!(snoozed.count(), 1);
    stage.world.clock.set(until);
    let open = || async { stage.listed(&stage.viewer(), AlertQuery::default()).await };
    assert_eq!(handling(&open().await[0]).snooze, None);

    stage.snooze(id, until + Span::hours(1)).await.unwrap();
    assert!(handling(&open().await[0]).snooze.is_some());
    stage.alarmed(0, &[11]).await;
    assert_eq!(handling(&open().await[0]).snooze, None, "it is critical now");
    stage.recovered(0, 20).await;
    assert_eq!(
        code_of(stage.snooze(id, until + Span::hours(1)).await),
        ProblemCode::Conflict
    );
}

#[tokio::test]
async fn a_resolution_says_what_was_done_where_the_site_wants_to_know() {
    let stage = Stage::new(1);
    let id = stage.alarmed(0, &[0, 11]).await;
    stage.at_site(|site| site.corrective_action_required = true).await;
    assert_eq!(
        code_of(stage.resolve(id, " ", None).await),
        ProblemCode::InvalidRequest
    );
    for nothing in [None, Some("  ")] {
        assert_eq!(
            code_of(stage.resolve(id, "Torn gasket.", nothing).await),
            ProblemCode::CorrectiveActionRequired
        );
    }
    let resolved = stage
        .resolve(id, "Torn gasket.", Some("Food moved."))
        .await
        .unwrap();
    assert_eq!(handling(&resolved).status, HandlingStatus::Resolved);
    assert_eq!(
        resolved.status,
        AlertStatus::Open,
        "the unit stays as it is measured"
    );
    assert_eq!(stage.record_of(0).await.state.alerts.len(), 1);
    let again = stage
        .resolve(id, "Torn gasket.", Some("Food moved."))
        .await
        .unwrap();
    assert_eq!(again, resolved);
    assert_eq!(
        code_of(stage.resolve(id, "Nothing.", Some("Nothing.")).await),
        ProblemCode::Conflict,
        "what was signed stays"
    );
    assert_eq!(stage.acknowledge(&stage.cook(), id).await.unwrap(), resolved);
    stage.deliver().await;
    assert_eq!(stage.unsigned().await, []);
    let trail = stage.trail(id).await;
    assert_eq!(trail[2].0, "alert.signed_off");
    assert_eq!(trail[2].1.as_deref(), Some("usr_manager"));
}

#[tokio::test]
async fn a_resolution_needs_no_action_elsewhere() {
    let stage = Stage::new(1);
    let id = stage.alarmed(0, &[0]).await;
    stage.at_site(|site| site.corrective_action_required = true).await;
    let resolved = stage.resolve(id, "A delivery.", None).await.unwrap();
    assert_eq!(resolved.severity, Severity::Warning);
    assert_eq!(handling(&resolved).status, HandlingStatus::Resolved);
}

#[tokio::test]
async fn many_are_acknowledged_at_once_each_answered_for_itself() {
    let stage = Stage::new(45);
    let mut alerts = Vec::new();
    for number in 0..45 {
        stage
            .record(&[stage.measured(number, minute(u32::try_from(number).unwrap()), WARM)])
            .await;
    }
    stage.deliver().await;
    alerts.extend(stage.alerts(AlertStatus::Open).await.iter().map(|alert| alert.id));
    stage.acknowledge(&stage.manager(), alerts[3]).await.unwrap();
    let unknown: AlertId = fresh_id();
    alerts.insert(1, unknown);
    let ask = || {
        let input = AcknowledgeAlerts {
            alerts: alerts.clone(),
            note: note("Morning round."),
        };
        async { acknowledge_alerts(&stage.world.handle_alerts(), &stage.cook(), input).await }
    };
    let report = ask().await.unwrap();
    assert_eq!(report.results.len(), 46);
    for (id, result) in alerts.iter().zip(&report.results) {
        let expected = if *id == unknown {
            AcknowledgementResult::NotFound
        } else {
            AcknowledgementResult::Acknowledged
        };
        assert_eq!((result.alert_id, result.result), (*id, expected));
    }
    assert_eq!(ask().await.unwrap(), report);
    let events = stage.deliver().await;
    let acknowledged = events
        .iter()
        .filter(|event| matches!(event.what, Happening::AlertAcknowledged(_)));
    assert_eq!(acknowledged.count(), 45, "one each, and none for the second time");
    assert_eq!(stage.unsigned().await, []);
    for wrong in [Vec::new(), vec![unknown; 101]] {
        let input = AcknowledgeAlerts {
            alerts: wrong,
            note: Notes::default(),
        };
        let refused = acknowledge_alerts(&stage.world.handle_alerts(), &stage.cook(), input).await;
        assert_eq!(code_of(refused), ProblemCode::InvalidRequest);
    }
}

#[test]
fn an_act_is_whole_whenever_the_process_dies() {
    let mut calls = 0;
    loop {
        let stage = Stage::new(1);
        let id = done(stage.alarmed(0, &[0, 11]));
        let killed = killed_after(calls, stage.acknowledge(&stage.cook(), id)).is_none();
        done(stage.acknowledge(&stage.cook(), id)).unwrap();
        let events = done(stage.deliver());
        assert_eq!(events.len(), 1, "killed after {calls} calls");
        assert_eq!(done(stage.trail(id)).len(), 3);
        let World { records, .. } = &stage.world;
        let owner = stage.member("usr_owner", Role::Owner);
        let report = done(verify_audit(records, &owner, &PageRequest::default())).unwrap();
        assert_eq!(report.broken, None);
        if !killed {
            break;
        }
        calls += 1;
    }
    assert!(calls > 3);
}

#[tokio::test]
async fn an_act_is_seen_on_screens_and_stays_seen_when_the_unit_changes() {
    let stage = Stage::new(1);
    let id = stage.alarmed(0, &[0]).await;
    stage.watch("screen", Topic::Org).await;
    stage.acknowledge(&stage.cook(), id).await.unwrap();
    let alerts_of = |bodies: Vec<ServerBody>| -> Vec<AlertView> {
        let bodies = bodies.into_iter();
        bodies
            .flat_map(|body| match body {
                ServerBody::AlertsChanged { alerts } => alerts,
                _ => Vec::new(),
            })
            .collect()
    };
    let [seen] = alerts_of(shown(&stage, "screen")).try_into().unwrap();
    assert_eq!(handling(&seen).status, HandlingStatus::Acknowledged);
    stage.recovered(0, 3).await;
    let [over] = alerts_of(shown(&stage, "screen")).try_into().unwrap();
    assert_eq!(
        (over.status, handling(&over).status),
        (AlertStatus::Resolved, HandlingStatus::Acknowledged)
    );
    // What people did cannot be read: the alert is shown without it.
    let [alert] = stage.alerts(AlertStatus::Resolved).await.try_into().unwrap();
    let records = &stage.world.records;
    records.faults.fail("records.find", PortErrorKind::Unavailable, 1);
    let live = stage.world.live();
    live.push(stage.scope(), &[LiveUpdate::of_alert(alert)], stage.now())
        .await;
    let [bare] = alerts_of(shown(&stage, "screen")).try_into().unwrap();
    assert_eq!(bare.handling, None);
}

#[tokio::test]
async fn what_people_did_is_kept_once_for_each_alert() {
    let stage = Stage::new(1);
    let id = stage.alarmed(0, &[0]).await;
    stage.snooze(id, stage.now() + Span::minutes(5)).await.unwrap();
    stage.acknowledge(&stage.cook(), id).await.unwrap();
    let records: &dyn Records = &stage.world.records;
    let kept = records.all::<Handling>(stage.scope()).await.unwrap();
    assert_eq!((kept.len(), kept[0].rev), (1, 2));
}
