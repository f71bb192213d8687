//! Temperatures logged by hand.

use crate::support::{COLD, START, Stage, done, minute};
use freshtrack_application::logbook::{
    LogQuery, get_log, list_due_logs, list_logs, log_temperature, log_temperatures,
};
use freshtrack_application::ports::{Clock, Records};
use freshtrack_application::{Actor, Caller, Change, Failure, PageRequest, PortErrorKind, Registry};
use freshtrack_contracts::logbook::{DueLog, LogStatus, LogView, NewLog, NewLogs};
use freshtrack_contracts::page::PageSize;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Sites;
use freshtrack_domain::alert::{AlertKind, AlertStatus};
use freshtrack_domain::ids::LogId;
use freshtrack_domain::logbook::hand_of;
use freshtrack_domain::place::{Opening, OpeningHours, Site, Unit, Weekday};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::UnitStatus;
use freshtrack_testkit::{World, fresh_id, killed_after};
use serde_json::{Value as Json, json};

const CLIENT: &str = "01JD8Q6V5W3Y8R2T4N6M8P0Q2S";

impl Stage {
    pub(crate) async fn log(&self, number: usize, log: Json) -> Result<LogView, Failure> {
        let log: NewLog = serde_json::from_value(log).unwrap();
        log_temperature(&self.world.keep_logs(), &self.logger(), self.unit(number), log).await
    }

    async fn log_all(&self, logs: Vec<Json>) -> Vec<(LogStatus, Option<ProblemCode>)> {
        let ports = self.world.keep_logs();
        let report = log_temperatures(&ports, &self.logger(), NewLogs { logs })
            .await
            .unwrap();
        let results = report.results.into_iter();
        results.map(|result| (result.status, result.code)).collect()
    }

    async fn logs(&self, number: usize, from: Option<Timestamp>, to: Option<Timestamp>) -> Vec<LogView> {
        let unit_id = self.unit(number);
        let query = LogQuery { unit_id, from, to };
        let mut request = PageRequest::new(PageSize::ITEMS, Some(2), None).unwrap();
        let mut items = Vec::new();
        loop {
            let page = list_logs(&self.world.records, &self.viewer(), query, &request)
                .await
                .unwrap();
            items.extend(page.items);
            match page.next_cursor {
                None => break items,
                cursor => request.cursor = cursor,
            }
        }
    }

    async fn due_logs(&self) -> Vec<DueLog> {
        let World {
            memory,
            records,
            clock,
            ..
        } = &self.world;
        let request = PageRequest::default();
        let page = list_due_logs(records, memory, clock, &self.viewer(), None, &request).await;
        page.unwrap().items
    }

    /// How the unit and the site of the kitchen are set up.
    async fn set_up(&self, number: usize, unit: impl Fn(&mut Unit), site: impl Fn(&mut Site)) {
        let records: &dyn Records = &self.world.records;
        let scope = self.scope();
        let mut units = records
            .get::<Unit>(scope, self.unit(number))
            .await
            .unwrap()
            .unwrap();
        let mut sites = records
            .get::<Site>(scope, self.kitchen.site_id)
            .await
            .unwrap()
            .unwrap();
        unit(&mut units.record);
        site(&mut sites.record);
        let change = Change::new(scope, &Actor::new("usr_owner"), "unit.updated", units.record.id);
        let change = change.replace(&units.record, units.rev).unwrap();
        let change = change.replace(&sites.record, sites.rev).unwrap();
        let registry = Registry {
            records,
            clock: &self.world.clock,
        };
        registry.commit(change).await.unwrap();
    }
}

fn refusal_of<T: std::fmt::Debug>(result: Result<T, Failure>) -> (ProblemCode, Option<String>) {
    match result {
        Err(Failure::Refused(refusal)) => (refusal.code, refusal.field),
        other => panic!("expected a refusal, not {other:?}"),
    }
}

fn told(field: &str) -> (ProblemCode, Option<String>) {
    (ProblemCode::InvalidRequest, Some(field.to_owned()))
}

#[tokio::test]
async fn a_log_is_kept_as_it_was_told_and_measured_like_any_reading() {
    let stage = Stage::new(1);
    let at = minute(30);
    let log = stage
        .log(
            0,
            json!({ "temperature_f": 38.5, "recorded_at": at.to_string(), "notes": "Round." }),
        )
        .await
        .unwrap();
    assert_eq!((log.temperature_c, log.in_range), (3.61, true));
    assert_eq!(
        (log.recorded_at.0, log.received_at.0),
        (at, stage.world.clock.now()),
        "the clock of the device, and ours"
    );
    assert_eq!(log.by, "usr_cook");
    let [reading] = stage.readings(0).await.try_into().unwrap();
    assert_eq!(reading.sensor_id, hand_of(stage.unit(0)));
    assert_eq!((reading.recorded_at.0, reading.temperature_c), (at, Some(3.61)));
    assert_eq!(stage.record_of(0).await.state.logged_at, Some(at));
    assert_eq!(
        stage.record_of(0).await.state.status,
        UnitStatus::Pending,
        "a hand drives no unit"
    );
    assert_eq!(stage.logs(0, None, None).await, [log]);
}

#[tokio::test]
async fn a_log_ends_what_asked_for_it() {
    let stage = Stage::new(1);
    let now = stage.world.clock.now();
    stage.record(&[stage.measured(0, now, COLD)]).await;
    stage.world.clock.advance(Span::hours(6));
    let World {
        records,
        memory,
        clock,
        ..
    } = &stage.world;
    freshtrack_application::sweep_timers(records, memory, stage.world.live(), clock)
        .await
        .unwrap();
    assert_eq!(stage.record_of(0).await.state.status, UnitStatus::ManualRequired);
    stage.log(0, json!({ "temperature_c": 3.5 })).await.unwrap();
    assert_eq!(
        stage.record_of(0).await.state.status,
        UnitStatus::MonitoringInterrupted
    );
    let open = stage.alerts(AlertStatus::Open).await;
    assert!(
        open.iter()
            .all(|alert| alert.kind != AlertKind::MissedManualEntry),
        "{open:?}"
    );
}

#[tokio::test]
async fn out_of_range_it_says_what_was_done() {
    let stage = Stage::new(1);
    let warm = json!({ "temperature_c": 9.5 });
    let asked = (
        ProblemCode::CorrectiveActionRequired,
        Some("corrective_action".to_owned()),
    );
    assert_eq!(refusal_of(stage.log(0, warm).await), asked);
    assert_eq!(stage.logs(0, None, None).await, []);
    assert_eq!(stage.readings(0).await, []);
    let log = stage
        .log(
            0,
            json!({ "temperature_c": 9.5, "corrective_action": "Food moved." }),
        )
        .await
        .unwrap();
    assert!(!log.in_range && log.low_c < log.high_c && log.high_c < 9.5);
}

#[tokio::test]
async fn what_no_log_can_say_is_refused() {
    let stage = Stage::new(1);
    let ahead = (stage.world.clock.now() + Span::minutes(6)).to_string();
    for (log, field) in [
        (json!({ "temperature_c": 3, "recorded_at": ahead }), "recorded_at"),
        (
            json!({ "temperature_c": 3, "recorded_at": "1999-01-01T00:00:00Z" }),
            "recorded_at",
        ),
        (
            json!({ "temperature_c": 3, "corrects": fresh_id::<LogId>() }),
            "corrects",
        ),
    ] {
        assert_eq!(refusal_of(stage.log(0, log).await), told(field), "{field}");
    }
    for log in [
        json!({}),
        json!({ "temperature_c": 3, "temperature_f": 38 }),
        json!({ "temperature_c": 900 }),
    ] {
        assert_eq!(refusal_of(stage.log(0, log).await).0, ProblemCode::InvalidRequest);
    }
    let stranger = Caller {
        sites: Sites::Only([fresh_id()].into()),
        ..stage.logger()
    };
    let log: NewLog = serde_json::from_value(json!({ "temperature_c": 3 })).unwrap();
    let refused = log_temperature(&stage.world.keep_logs(), &stranger, stage.unit(0), log).await;
    assert_eq!(refusal_of(refused).0, ProblemCode::NotFound);
    assert_eq!(stage.logs(0, None, None).await, []);
}

#[tokio::test]
async fn what_a_device_has_kept_counts_once_and_contradictions_are_told() {
    let stage = Stage::new(2);
    let log = |unit: usize, client: &str, celsius: f64, minutes: u32| {
        json!({
            "unit_id": stage.unit(unit),
            "temperature_c": celsius,
            "recorded_at": minute(minutes).to_string(),
            "client_id": client,
        })
    };
    let other = "0193a5c2-7f3e-7b1a-9c4d-5e6f7a8b9c0d";
    let batch = vec![
        log(0, CLIENT, 3.5, 0),
        log(1, other, 3.0, 5),
        log(0, CLIENT, 3.5, 0),
        log(0, CLIENT, 4.0, 0),
        log(1, CLIENT, 3.5, 0),
        json!({ "unit_id": stage.unit(0), "temperature_c": 9.5 }),
        json!({ "unit_id": stage.unit(0), "temperature_c": 3, "mood": "good" }),
        json!("3.5"),
        json!({ "unit_id": fresh_id::<freshtrack_domain::ids::UnitId>(), "temperature_c": 3 }),
    ];
    use LogStatus::{Accepted, Conflict, Duplicate, Rejected};
    let rest = [
        (Duplicate, None),
        (Conflict, Some(ProblemCode::Conflict)),
        (Conflict, Some(ProblemCode::Conflict)),
        (Rejected, Some(ProblemCode::CorrectiveActionRequired)),
        (Rejected, Some(ProblemCode::InvalidRequest)),
        (Rejected, Some(ProblemCode::InvalidRequest)),
        (Rejected, Some(ProblemCode::NotFound)),
    ];
    let first = stage.log_all(batch.clone()).await;
    assert_eq!(first[..2], [(Accepted, None), (Accepted, None)]);
    assert_eq!(first[2..], rest);
    stage.world.clock.advance(Span::hours(24));
    let again = stage.log_all(batch).await;
    assert_eq!(again[..2], [(Duplicate, None), (Duplicate, None)]);
    assert_eq!(again[2..], rest);
    for number in [0, 1] {
        assert_eq!(stage.logs(number, None, None).await.len(), 1);
        assert_eq!(stage.readings(number).await.len(), 1);
    }
    let ports = stage.world.keep_logs();
    for wrong in [Vec::new(), vec![json!({}); 101]] {
        let refused = log_temperatures(&ports, &stage.logger(), NewLogs { logs: wrong }).await;
        assert_eq!(refusal_of(refused), told("logs"));
    }
}

#[tokio::test]
async fn a_log_is_corrected_once_and_never_changed() {
    let stage = Stage::new(1);
    let wrong = stage
        .log(
            0,
            json!({ "temperature_c": 3.5, "recorded_at": minute(0).to_string() }),
        )
        .await
        .unwrap();
    let correct = |of: LogId, celsius: f64| {
        let correction = json!({
            "temperature_c": celsius,
            "recorded_at": minute(0).to_string(),
            "corrects": of,
            "notes": "Misread.",
        });
        stage.log(0, correction)
    };
    let right = correct(wrong.id, 4.5).await.unwrap();
    assert_eq!(right.corrects, Some(wrong.id));
    let twice = (ProblemCode::Conflict, Some("corrects".to_owned()));
    assert_eq!(refusal_of(correct(wrong.id, 4.0).await), twice);
    let again = correct(right.id, 4.4).await.unwrap();
    let World { records, clock, .. } = &stage.world;
    let shown = async |id| {
        get_log(records, clock, &stage.viewer(), stage.unit(0), id)
            .await
            .unwrap()
    };
    assert_eq!(
        shown(wrong.id).await,
        LogView {
            corrected_by: Some(right.id),
            ..wrong
        }
    );
    assert_eq!(shown(right.id).await.corrected_by, Some(again.id));
    assert_eq!(shown(again.id).await.corrected_by, None);
    assert_eq!(stage.logs(0, None, None).await.len(), 3);
}

#[tokio::test]
async fn logs_are_listed_by_when_they_were_measured() {
    let stage = Stage::new(2);
    for at in [20, 0, 40, 60] {
        let log = json!({ "temperature_c": 3, "recorded_at": minute(at).to_string() });
        stage.log(0, log).await.unwrap();
    }
    stage.log(1, json!({ "temperature_c": 3 })).await.unwrap();
    let times = async |from: Option<u32>, to: Option<u32>| -> Vec<Timestamp> {
        let logs = stage.logs(0, from.map(minute), to.map(minute)).await;
        logs.iter().map(|log| log.recorded_at.0).collect()
    };
    assert_eq!(times(None, None).await, [60, 40, 20, 0].map(minute));
    assert_eq!(times(Some(20), Some(60)).await, [40, 20].map(minute));
    assert_eq!(times(None, Some(0)).await, []);
}

#[test]
fn a_log_is_whole_whenever_the_process_dies() {
    let mut calls = 0;
    loop {
        let stage = Stage::new(1);
        let log = json!({ "temperature_c": 3.5, "recorded_at": minute(0).to_string(), "client_id": CLIENT });
        let killed = killed_after(calls, stage.log(0, log.clone())).is_none();
        done(stage.log(0, log)).unwrap();
        assert_eq!(
            done(stage.logs(0, None, None)).len(),
            1,
            "killed after {calls} calls"
        );
        assert_eq!(done(stage.readings(0)).len(), 1, "killed after {calls} calls");
        if !killed {
            break;
        }
        calls += 1;
    }
    assert!(calls > 5);
}

#[tokio::test]
async fn a_log_that_could_not_be_measured_is_told_again() {
    let stage = Stage::new(1);
    let log = json!({ "temperature_c": 3.5, "client_id": CLIENT, "recorded_at": minute(0).to_string() });
    let faults = &stage.world.memory.faults;
    faults.fail("unit_states.save", PortErrorKind::Corrupt, 1);
    let failed = stage.log(0, log.clone()).await;
    assert!(matches!(failed, Err(Failure::Fault(_))), "{failed:?}");
    stage.log(0, log).await.unwrap();
    assert_eq!(stage.readings(0).await.len(), 1);
    assert_eq!(stage.logs(0, None, None).await.len(), 1);
}

#[tokio::test]
async fn logs_are_due_by_cadence_while_the_site_is_open() {
    let stage = Stage::new(3);
    // Monday to Sunday from eight to six, where the kitchen is.
    let days = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];
    let opening = |day| Opening {
        day,
        opens: "08:00".parse().unwrap(),
        closes: "18:00".parse().unwrap(),
    };
    let hours = OpeningHours::new(days.map(opening).to_vec()).unwrap();
    for number in [0, 1] {
        stage
            .set_up(
                number,
                |unit| unit.logged_by_hand = true,
                |site| site.opening_hours = hours.clone(),
            )
            .await;
    }
    // START is 10:13 in New York.
    for (number, at) in [(0, START + Span::hours(6)), (1, START)] {
        let log = json!({ "temperature_c": 3.5, "recorded_at": at.to_string() });
        stage.log(number, log).await.unwrap();
    }
    let due = stage.due_logs().await;
    let shown: Vec<_> = due.iter().map(|due| (due.unit_id, due.due_at.0)).collect();
    let eight = "2026-09-22T12:00:00Z".parse::<Timestamp>().unwrap();
    assert_eq!(
        shown,
        [(stage.unit(1), START + Span::hours(4)), (stage.unit(0), eight)],
        "the one that is not logged by hand is not asked for"
    );
    assert_eq!(due[0].cadence_minutes, 240);
    assert!(due.iter().all(|due| due.is_due && due.is_overdue));
    stage.log(1, json!({ "temperature_c": 3.5 })).await.unwrap();
    let due = stage.due_logs().await;
    assert_eq!((due[1].unit_id, due[1].is_due), (stage.unit(1), false));
}
