//! What the clock, sensors and late news make of a process.

use super::{CLIENT, refusal_of, refused};
use crate::support::{START, Stage, done, minute, shown};
use freshtrack_application::ports::Record;
use freshtrack_application::processes::{ProcessQuery, sweep_processes};
use freshtrack_contracts::events::Happening;
use freshtrack_contracts::live::{ServerBody, Topic};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::alert::{AlertKind, AlertStatus, Severity};
use freshtrack_domain::place::Organization;
use freshtrack_domain::process::{NextAction, Process, Verdict};
use freshtrack_domain::time::Span;
use freshtrack_testkit::{fresh_id, killed_after};
use serde_json::{Value as Json, json};

#[tokio::test]
async fn the_clock_reminds_and_fails_without_a_measurement_once_each() {
    let stage = Stage::at_start(1);
    stage.watch("screen", Topic::Unit(stage.unit(0))).await;
    let soup = stage.start("two_stage_cooling", json!({})).await.unwrap();
    stage.probe(soup.id, 0, 57.0).await;
    assert_eq!(stage.look(89).await, 0);
    assert_eq!(stage.look(90).await, 1);
    let reminder = stage.alert().await;
    assert_eq!(
        (
            reminder.kind,
            reminder.severity,
            reminder.unit_id,
            reminder.process_id
        ),
        (
            AlertKind::TimedProcess,
            Severity::Warning,
            stage.unit(0),
            Some(soup.id)
        )
    );
    assert_eq!(alerts_shown(&stage, "screen"), 1);
    // A socket lives for two hours.
    stage.watch("later", Topic::Unit(stage.unit(0))).await;
    for minutes in 91..=120 {
        assert_eq!(stage.look(minutes).await, 0, "minute {minutes}");
    }
    assert_eq!(stage.look(121).await, 1);
    let failed = stage.alert().await;
    assert_eq!((failed.id, failed.severity), (reminder.id, Severity::Critical));
    assert_eq!(failed.escalated_at, Some(minute(120)));
    assert_eq!(stage.look(122).await, 0);
    let told: Vec<&str> = stage
        .world
        .records
        .take_outbox()
        .iter()
        .filter(|event| event.unit_id == Some(stage.unit(0)))
        .map(|event| event.what.detail_type())
        .collect();
    assert_eq!(told, ["alert.opened", "alert.upgraded"]);
    assert_eq!(alerts_shown(&stage, "later"), 1);
}

/// How often the socket `id` was told of alerts since it was last looked at.
fn alerts_shown(stage: &Stage, id: &str) -> usize {
    let bodies = shown(stage, id);
    bodies
        .iter()
        .filter(|body| matches!(body, ServerBody::AlertsChanged { .. }))
        .count()
}

#[tokio::test]
async fn what_was_measured_in_time_counts_whenever_it_comes() {
    let stage = Stage::at_start(1);
    let soup = stage.start("two_stage_cooling", json!({})).await.unwrap();
    stage.look(121).await;
    let id = stage.alert().await.id;
    stage.world.clock.set(minute(200));
    stage.probe(soup.id, 150, 18.0).await;
    assert_eq!(stage.verdict(soup.id).await, Verdict::Failed, "measured too late");
    let cold = stage.probe(soup.id, 110, 20.0).await;
    assert_eq!(stage.verdict(soup.id).await, Verdict::Running);
    let [over] = stage.alerts(AlertStatus::Resolved).await.try_into().unwrap();
    assert_eq!((over.id, over.resolved_at), (id, Some(minute(120))));
    // The thermometer was misread: it was not cold, and the same alert says so again.
    let correction = json!({
        "temperature_c": 30.0,
        "measured_at": minute(110).to_string(),
        "corrects": cold.id,
        "notes": "Misread.",
    });
    stage.observe(soup.id, correction.clone()).await.unwrap();
    assert_eq!(stage.verdict(soup.id).await, Verdict::Failed);
    assert_eq!(stage.alert().await.id, id);
    let twice = stage.observe(soup.id, correction).await;
    assert_eq!(refusal_of(twice), refused(ProblemCode::Conflict, "corrects"));
}

#[tokio::test]
async fn a_sensor_in_the_food_feeds_the_process() {
    let stage = Stage::at_start(2);
    let sensor = stage.kitchen.sensors[0].id;
    let strange = json!({ "sensor_id": stage.kitchen.sensors[1].id });
    assert_eq!(
        refusal_of(stage.start("two_stage_cooling", strange).await),
        refused(ProblemCode::InvalidRequest, "sensor_id")
    );
    let unknown = json!({ "sensor_id": fresh_id::<freshtrack_domain::ids::SensorId>() });
    assert_eq!(
        refusal_of(stage.start("two_stage_cooling", unknown).await).0,
        ProblemCode::NotFound
    );
    let soup = stage
        .start("two_stage_cooling", json!({ "sensor_id": sensor }))
        .await
        .unwrap();
    let by_hand = stage.start("two_stage_cooling", json!({})).await.unwrap();
    for (minutes, centi) in [(5, 6_000), (60, 4_000), (100, 2_050)] {
        stage.world.clock.set(minute(minutes));
        stage.record(&[stage.measured(0, minute(minutes), centi)]).await;
    }
    assert_eq!(
        stage.shown_process(soup.id).await.progress.deadline.0,
        minute(5 + 360)
    );
    stage.look(126).await;
    assert_eq!(
        stage.verdict(soup.id).await,
        Verdict::Running,
        "by its readings it is cold"
    );
    assert_eq!(
        stage.verdict(by_hand.id).await,
        Verdict::Failed,
        "nobody measured the other"
    );
    stage.world.clock.set(minute(200));
    stage.record(&[stage.measured(0, minute(200), 450)]).await;
    assert_eq!(stage.look(201).await, 1);
    let passed = stage.processes(ProcessQuery {
        verdict: Some(Verdict::Passed),
        ..ProcessQuery::default()
    });
    assert_eq!(passed.await, [soup.id]);
}

#[tokio::test]
async fn time_as_a_control_ends_with_the_food() {
    let stage = Stage::at_start(1);
    let soup = stage.start("time_control", json!({})).await.unwrap();
    assert_eq!(soup.progress.next_action, NextAction::Measure);
    stage.probe(soup.id, 0, 4.5).await;
    assert_eq!(
        stage.shown_process(soup.id).await.progress.next_action,
        NextAction::ServeOrDiscard
    );
    assert_eq!(stage.look(210).await, 1);
    assert_eq!(stage.alert().await.severity, Severity::Warning);
    stage.world.clock.set(minute(230));
    let ended = stage
        .end(soup.id, json!({ "outcome": "finished", "text": "All served." }))
        .await
        .unwrap();
    assert_eq!(ended.progress.verdict, Verdict::Passed);
    assert_eq!(stage.alerts(AlertStatus::Open).await, []);
    assert_eq!(stage.look(241).await, 0);
}

#[test]
fn an_observation_is_judged_whenever_the_process_dies() {
    let mut calls = 0;
    loop {
        let stage = Stage::at_start(1);
        let soup = done(stage.start("hot_holding", json!({}))).unwrap();
        let cool = json!({ "temperature_c": 50, "measured_at": START.to_string(), "client_id": CLIENT });
        let killed = killed_after(calls, stage.observe(soup.id, cool.clone())).is_none();
        if killed && done(stage.shown_process(soup.id)).observations == 1 {
            // The clock finds what was left undone, though the device never comes back.
            done(stage.look(1));
        } else {
            done(stage.observe(soup.id, cool)).unwrap();
        }
        assert_eq!(
            done(stage.alert()).severity,
            Severity::Critical,
            "killed after {calls} calls"
        );
        let events = stage.world.records.take_outbox();
        let opened = events
            .iter()
            .filter(|event| matches!(event.what, Happening::AlertOpened(_)));
        assert_eq!(opened.count(), 1, "killed after {calls} calls");
        if !killed {
            break;
        }
        calls += 1;
    }
    assert!(calls > 5);
}

#[tokio::test]
async fn one_process_that_cannot_be_read_keeps_no_other_waiting() {
    let stage = Stage::at_start(1);
    let mut started = Vec::new();
    for _ in 0..3 {
        started.push(stage.start("ambient_cooling", json!({})).await.unwrap().id);
    }
    let (owner, key) = (stage.scope().into(), started[1].to_string());
    let spoil = |data: &mut Json| data["limits"] = json!("none");
    stage.world.records.tamper(owner, Process::KIND, &key, spoil);
    stage.world.clock.set(minute(241));
    let report = sweep_processes(&stage.world.processes()).await.unwrap();
    assert_eq!((report.open, report.changed, report.failed), (3, 2, 1));
    assert_eq!(report.lag, Span::minutes(1));
    assert_eq!(stage.alerts(AlertStatus::Open).await.len(), 2);
}

#[tokio::test]
async fn nobody_is_called_by_an_organization_that_was_deleted() {
    let stage = Stage::at_start(1);
    stage.start("ambient_cooling", json!({})).await.unwrap();
    let deletion = json!({ "at": START, "by": "an owner" });
    let (owner, key) = (stage.scope().into(), stage.scope().org_id().to_string());
    let delete = |data: &mut Json| data["deleted"] = deletion;
    stage
        .world
        .records
        .tamper(owner, Organization::KIND, &key, delete);
    assert_eq!(stage.look(241).await, 0);
    assert_eq!(stage.alerts(AlertStatus::Open).await, []);
}
