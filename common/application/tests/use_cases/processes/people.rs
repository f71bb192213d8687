//! What people tell of a process, and what is asked of them.

use super::{CLIENT, OTHER, refusal_of, refused};
use crate::support::{START, Stage, minute};
use freshtrack_application::processes::{ProcessQuery, get_process, list_observations, list_process_kinds};
use freshtrack_application::{Caller, PageRequest};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_contracts::processes::ObservationStatus;
use freshtrack_domain::access::Sites;
use freshtrack_domain::alert::{AlertStatus, Severity};
use freshtrack_domain::ids::{ObservationId, ProcessId, UnitId};
use freshtrack_domain::process::{Cause, NextAction, ProcessKind, Verdict};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_testkit::fresh_id;
use serde_json::{Value as Json, json};

#[tokio::test]
async fn a_cooling_is_judged_stage_by_stage_and_is_evidence() {
    let stage = Stage::at_start(1);
    let soup = stage
        .start(
            "two_stage_cooling",
            json!({ "batch": "B 7", "notes": "Ice bath." }),
        )
        .await
        .unwrap();
    assert_eq!((soup.started_at.0, soup.by.as_str()), (START, "usr_cook"));
    assert_eq!(soup.progress.deadline.0, minute(120));
    assert_eq!(soup.progress.next_action, NextAction::Measure);
    stage.world.clock.set(minute(200));
    for (minutes, celsius) in [(10, 60.0), (100, 20.5)] {
        stage.probe(soup.id, minutes, celsius).await;
    }
    let half = stage.shown_process(soup.id).await;
    assert_eq!(half.progress.verdict, Verdict::Running);
    assert_eq!(
        (half.progress.clock_started_at.0, half.progress.deadline.0),
        (minute(10), minute(10 + 360))
    );
    stage.world.clock.set(minute(300));
    let last = stage.probe(soup.id, 290, 5.0).await;
    let whole = stage.shown_process(soup.id).await;
    assert_eq!(whole.progress.verdict, Verdict::Passed);
    assert_eq!(
        (whole.observations, whole.progress.decided_at),
        (3, Some(last.measured_at))
    );
    let page = PageRequest::default();
    let observed = list_observations(&stage.world.records, &stage.viewer(), soup.id, &page)
        .await
        .unwrap();
    let told: Vec<_> = observed
        .items
        .iter()
        .map(|one| (one.measured_at.0, one.temperature_c, one.by.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (minute(290), 5.0, "usr_cook"),
            (minute(100), 20.5, "usr_cook"),
            (minute(10), 60.0, "usr_cook")
        ]
    );
    assert_eq!(observed.items[0].received_at.0, minute(300));
    assert_eq!(stage.look(400).await, 0, "what is decided is not looked at");
    assert_eq!(stage.alerts(AlertStatus::Open).await, []);
}

#[tokio::test]
async fn a_failure_demands_what_was_done_and_allows_of_one_restart() {
    let stage = Stage::at_start(1);
    let soup = stage.start("two_stage_cooling", json!({})).await.unwrap();
    stage.probe(soup.id, 0, 57.0).await;
    stage.look(121).await;
    let shown = stage.shown_process(soup.id).await;
    assert_eq!(shown.progress.next_action, NextAction::ReheatOrDiscard);
    let missed = shown.progress.missed.unwrap();
    assert_eq!(
        (missed.cause, missed.excess_c, missed.at.0),
        (Cause::TooLate, Some(36.0), minute(120))
    );
    for outcome in ["finished", "abandoned"] {
        let silent = stage
            .end(soup.id, json!({ "outcome": outcome, "text": "Gone." }))
            .await;
        let asked = refused(ProblemCode::CorrectiveActionRequired, "corrective_action");
        assert_eq!(refusal_of(silent), asked, "giving up is no way around it");
    }
    assert_eq!(stage.alert().await.severity, Severity::Critical);
    let end = json!({ "outcome": "finished", "corrective_action": "Reheated to 75 °C." });
    let ended = stage.end(soup.id, end.clone()).await.unwrap();
    assert_eq!(
        (ended.progress.verdict, ended.progress.next_action),
        (Verdict::Failed, NextAction::Nothing)
    );
    assert_eq!(stage.alerts(AlertStatus::Open).await, []);
    let entries = stage.audit_entries().await;
    stage.world.clock.advance(Span::minutes(5));
    assert_eq!(stage.end(soup.id, end).await.unwrap(), ended, "said twice");
    assert_eq!(stage.audit_entries().await, entries);
    let other = json!({ "outcome": "finished", "corrective_action": "Discarded." });
    assert_eq!(
        refusal_of(stage.end(soup.id, other).await).0,
        ProblemCode::Conflict
    );

    let restart = json!({ "restart_of": soup.id });
    let again = stage.start("two_stage_cooling", restart.clone()).await.unwrap();
    let twice = stage.start("two_stage_cooling", restart).await;
    assert_eq!(refusal_of(twice), refused(ProblemCode::Conflict, "restart_of"));
    stage.look(300).await;
    let shown = stage.shown_process(again.id).await;
    assert_eq!(
        (shown.progress.verdict, shown.progress.next_action),
        (Verdict::Failed, NextAction::Discard),
        "it may be reheated once"
    );
    let third = stage
        .start("two_stage_cooling", json!({ "restart_of": again.id }))
        .await;
    assert_eq!(refusal_of(third), refused(ProblemCode::Conflict, "restart_of"));
    let unknown = json!({ "restart_of": fresh_id::<ProcessId>() });
    assert_eq!(
        refusal_of(stage.start("two_stage_cooling", unknown).await).0,
        ProblemCode::NotFound
    );
}

#[tokio::test]
async fn what_a_device_has_kept_counts_once_and_raises_no_false_alarm() {
    let stage = Stage::at_start(1);
    stage.world.clock.set(minute(400));
    let started = json!({ "started_at": START.to_string(), "client_id": CLIENT });
    let soup = stage.start("two_stage_cooling", started.clone()).await.unwrap();
    assert_eq!(stage.start("two_stage_cooling", started).await.unwrap(), soup);
    let other = json!({ "started_at": minute(1).to_string(), "client_id": CLIENT });
    let conflict = stage.start("two_stage_cooling", other).await;
    assert_eq!(refusal_of(conflict), refused(ProblemCode::Conflict, "client_id"));
    let item = |minutes: u32, celsius: f64, client: &str| {
        json!({
            "process_id": soup.id,
            "temperature_c": celsius,
            "measured_at": minute(minutes).to_string(),
            "client_id": client,
        })
    };
    let batch = vec![
        item(0, 60.0, CLIENT),
        item(100, 20.0, OTHER),
        item(300, 4.5, "01JD8Q6V5W3Y8R2T4N6M8P0Q2T"),
        item(100, 19.0, OTHER),
        json!({ "process_id": soup.id, "temperature_c": 3, "mood": "good" }),
        json!({ "process_id": fresh_id::<ProcessId>(), "temperature_c": 3 }),
    ];
    use ObservationStatus::{Accepted, Conflict, Duplicate, Rejected};
    for kept in [Accepted, Duplicate] {
        let report = stage.observe_all(batch.clone()).await.unwrap();
        let statuses: Vec<_> = report.results.iter().map(|result| result.status).collect();
        assert_eq!(statuses, [kept, kept, kept, Conflict, Rejected, Rejected]);
    }
    assert_eq!(stage.verdict(soup.id).await, Verdict::Passed);
    assert_eq!(stage.look(401).await, 0);
    for status in [AlertStatus::Open, AlertStatus::Resolved] {
        assert_eq!(
            stage.alerts(status).await,
            [],
            "nobody was called for what was fine"
        );
    }
    for wrong in [Vec::new(), vec![json!({}); 101]] {
        let many = stage.observe_all(wrong).await;
        assert_eq!(
            refusal_of(many),
            refused(ProblemCode::InvalidRequest, "observations")
        );
    }
}

#[tokio::test]
async fn limits_may_be_tightened_and_are_loosened_only_with_a_source() {
    let stage = Stage::at_start(1);
    let start = async |kind: &str, limit: Json| stage.start(kind, json!({ "limits": [limit] })).await;
    let tight = start(
        "two_stage_cooling",
        json!({ "stage": "second_cooling", "temperature_f": 38.0 }),
    )
    .await
    .unwrap();
    assert_eq!(
        (tight.stages[1].temperature_c, tight.stages[1].is_own),
        (Some(3.33), true)
    );
    assert_eq!(
        (tight.stages[0].temperature_c, tight.stages[0].is_own),
        (Some(21.0), false)
    );
    let roast = json!({ "stage": "holding", "temperature_c": 54.0 });
    assert_eq!(
        refusal_of(start("hot_holding", roast.clone()).await),
        refused(ProblemCode::InvalidRequest, "limits")
    );
    let mut sourced = roast;
    sourced["source"] = json!("FDA Food Code 2022, 3-501.16(A)(1): roasts");
    let sourced = start("hot_holding", sourced).await.unwrap();
    assert_eq!(
        sourced.stages[0].source,
        "FDA Food Code 2022, 3-501.16(A)(1): roasts"
    );
    for (kind, wrong) in [
        (
            "two_stage_cooling",
            json!({ "stage": "first_cooling", "minutes": 121 }),
        ),
        (
            "two_stage_cooling",
            json!({ "stage": "second_cooling", "minutes": 60 }),
        ),
        ("two_stage_cooling", json!({ "stage": "holding", "minutes": 60 })),
        (
            "two_stage_cooling",
            json!({ "stage": "first_cooling", "minutes": 0 }),
        ),
        (
            "two_stage_cooling",
            json!({ "stage": "first_cooling", "minutes": 1441, "source": "Us" }),
        ),
        ("time_control", json!({ "stage": "serving", "temperature_c": 3 })),
    ] {
        let refusal = refusal_of(start(kind, wrong.clone()).await);
        assert_eq!(refusal, refused(ProblemCode::InvalidRequest, "limits"), "{wrong}");
    }
}

#[tokio::test]
async fn what_no_process_can_be_is_refused() {
    let stage = Stage::at_start(1);
    let ahead = (START + Span::minutes(6)).to_string();
    let start = async |more: Json| refusal_of(stage.start("ambient_cooling", more).await);
    let invalid = |field| refused(ProblemCode::InvalidRequest, field);
    assert_eq!(start(json!({ "started_at": ahead })).await, invalid("started_at"));
    assert_eq!(
        start(json!({ "started_at": "1999-01-01T00:00:00Z" })).await,
        invalid("started_at")
    );
    assert_eq!(
        start(json!({ "unit_id": fresh_id::<UnitId>() })).await.0,
        ProblemCode::NotFound
    );
    let soup = stage.start("ambient_cooling", json!({})).await.unwrap();
    let observe = async |more: Json| refusal_of(stage.observe(soup.id, more).await);
    let before = (START - Span::minutes(1)).to_string();
    let early = json!({ "temperature_c": 9, "measured_at": before });
    assert_eq!(observe(early).await, invalid("measured_at"));
    let long = json!({ "temperature_c": 9, "held_seconds": 86_401 });
    assert_eq!(observe(long).await, invalid("held_seconds"));
    let nothing = json!({ "temperature_c": 9, "corrects": fresh_id::<ObservationId>() });
    assert_eq!(observe(nothing).await, invalid("corrects"));
    for none in [
        json!({}),
        json!({ "temperature_c": 3, "temperature_f": 38 }),
        json!({ "temperature_c": 900 }),
    ] {
        assert_eq!(observe(none).await.0, ProblemCode::InvalidRequest);
    }
    let end = async |end: Json| refusal_of(stage.end(soup.id, end).await);
    assert_eq!(end(json!({ "outcome": "abandoned" })).await, invalid("text"));
    let warm = refused(ProblemCode::Conflict, "outcome");
    assert_eq!(end(json!({ "outcome": "finished" })).await, warm);
    let needless = json!({ "outcome": "abandoned", "text": "Served.", "corrective_action": "None." });
    assert_eq!(end(needless).await, invalid("corrective_action"));
    let early = json!({ "outcome": "abandoned", "text": "Served.", "ended_at": before });
    assert_eq!(end(early).await, invalid("ended_at"));
    let stranger = Caller {
        sites: Sites::Only([fresh_id()].into()),
        ..stage.logger()
    };
    let hidden = get_process(&stage.world.evidence(), &stranger, soup.id).await;
    assert_eq!(refusal_of(hidden).0, ProblemCode::NotFound);
    stage.probe(soup.id, 0, 4.0).await;
    let given_up = json!({ "outcome": "abandoned", "text": "Served." });
    assert_eq!(end(given_up).await, warm, "it has passed");
}

#[tokio::test]
async fn processes_are_listed_by_their_start() {
    let stage = Stage::at_start(2);
    let mut started = Vec::new();
    for (minutes, kind, unit) in [(20, "reheating", 0), (0, "hot_holding", 1), (40, "reheating", 1)] {
        stage.world.clock.set(minute(60));
        let more = json!({ "started_at": minute(minutes).to_string(), "unit_id": stage.unit(unit) });
        started.push(stage.start(kind, more).await.unwrap().id);
    }
    let [middle, first, last] = started.try_into().unwrap();
    let all = ProcessQuery::default();
    assert_eq!(stage.processes(all).await, [last, middle, first]);
    let span = |from: Option<Timestamp>, to: Option<Timestamp>| ProcessQuery { from, to, ..all };
    assert_eq!(
        stage.processes(span(Some(minute(20)), Some(minute(40)))).await,
        [middle]
    );
    assert_eq!(
        stage.processes(span(Some(minute(40)), Some(minute(20)))).await,
        []
    );
    let reheated = ProcessQuery {
        kind: Some(ProcessKind::Reheating),
        unit_id: Some(stage.unit(1)),
        ..all
    };
    assert_eq!(stage.processes(reheated).await, [last]);
    let nowhere = ProcessQuery {
        site_id: Some(fresh_id()),
        ..all
    };
    assert_eq!(stage.processes(nowhere).await, []);
    let kinds = list_process_kinds(&PageRequest::default()).unwrap();
    assert_eq!(kinds.items.len(), ProcessKind::ALL.len());
}

#[tokio::test]
async fn what_turns_out_to_have_failed_after_its_end_demands_what_was_done() {
    let stage = Stage::at_start(1);
    let salad = stage.start("cold_time_control", json!({})).await.unwrap();
    let cold = stage.probe(salad.id, 0, 4.0).await;
    stage.world.clock.set(minute(60));
    let served = json!({ "outcome": "finished", "text": "Served." });
    let ended = stage.end(salad.id, served.clone()).await.unwrap();
    assert_eq!(ended.progress.verdict, Verdict::Passed);
    let correction = json!({
        "temperature_c": 14.0,
        "measured_at": minute(0).to_string(),
        "corrects": cold.id,
    });
    stage.observe(salad.id, correction).await.unwrap();
    assert_eq!(stage.alert().await.severity, Severity::Critical);
    let asked = refused(ProblemCode::CorrectiveActionRequired, "corrective_action");
    assert_eq!(refusal_of(stage.end(salad.id, served).await), asked);
    let done = json!({ "outcome": "finished", "corrective_action": "The rest was discarded." });
    let ended = stage.end(salad.id, done).await.unwrap();
    assert_eq!(
        ended.end.unwrap().text.unwrap().as_str(),
        "Served.",
        "what was said stays"
    );
    assert!(ended.corrective_action.is_some());
    assert_eq!(stage.alerts(AlertStatus::Open).await, []);
}

#[tokio::test]
async fn a_device_whose_clock_is_ahead_ends_a_process_when_ours_comes_to_it() {
    let stage = Stage::at_start(1);
    let salad = stage.start("cold_time_control", json!({})).await.unwrap();
    stage.probe(salad.id, 0, 4.0).await;
    let end = json!({ "outcome": "finished", "ended_at": minute(4).to_string() });
    let ended = stage.end(salad.id, end).await.unwrap();
    assert_eq!(ended.progress.verdict, Verdict::Running);
    assert_eq!(stage.look(3).await, 0);
    assert_eq!(stage.look(4).await, 1);
    assert_eq!(stage.verdict(salad.id).await, Verdict::Passed);
}
