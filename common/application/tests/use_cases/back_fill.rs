//! A gateway that was cut off delivers what it has: the past is judged anew, and nothing that holds now is moved.

use crate::support::{COLD, Stage, WARM, minute, shown};
use freshtrack_application::alerts::{get_alert, record_trail};
use freshtrack_application::{
    JudgePast, PortErrorKind, SummaryQuery, UnitReading, judge_past, summarize_readings, sweep_timers,
};
use freshtrack_contracts::events::{Event, Happening};
use freshtrack_contracts::ingest::ItemStatus::{Accepted, Duplicate};
use freshtrack_contracts::live::{ServerBody, Topic};
use freshtrack_contracts::readings::ReadingSummary;
use freshtrack_domain::alert::{Alert, AlertKind, AlertStatus, Severity};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::UnitStatus;
use freshtrack_testkit::{World, fresh_id};

/// When the gateway is there again, and the unit's sensor is heard.
const BACK: u32 = 420;

impl Stage {
    /// A unit that reported for an hour, was not heard for six, and has reported again since: always in range.
    async fn cut_off() -> Self {
        let stage = Self::new(1);
        for at in (0..=60).step_by(5).chain([BACK]) {
            stage.world.clock.set(minute(at));
            stage.record(&[stage.measured(0, minute(at), COLD)]).await;
        }
        stage.told();
        stage
    }

    /// What the gateway has kept: a reading every five minutes, too warm from minute 200 to 235.
    fn kept(&self) -> Vec<UnitReading> {
        (65..BACK)
            .step_by(5)
            .map(|at| self.measured(0, minute(at), if (200..240).contains(&at) { WARM } else { COLD }))
            .collect()
    }

    fn past(&self) -> JudgePast<'_> {
        let World { memory, clock, .. } = &self.world;
        JudgePast {
            states: memory,
            log: memory,
            alerts: memory,
            live: self.world.live(),
            clock,
        }
    }

    /// Lets the clock go on to `at`, and what is due then be done; the events that left.
    async fn pass(&self, at: Timestamp) -> Vec<Event> {
        let World {
            memory,
            records,
            clock,
            ..
        } = &self.world;
        clock.set(at);
        sweep_timers(records, memory, self.world.live(), clock)
            .await
            .unwrap();
        memory.take_outbox()
    }

    /// The events among `events` that tell of a past to be judged.
    async fn judge(&self, events: &[Event]) -> usize {
        let late = events
            .iter()
            .filter(|event| matches!(event.what, Happening::ReadingsBackFilled { .. }));
        let mut count = 0;
        for event in late {
            judge_past(&self.past(), event).await.unwrap();
            count += 1;
        }
        count
    }

    async fn whole(&self) -> ReadingSummary {
        let World {
            memory,
            records,
            clock,
            ..
        } = &self.world;
        let query = SummaryQuery {
            from: Some(minute(0)),
            to: Some(minute(BACK)),
            ..SummaryQuery::default()
        };
        let caller = self.viewer();
        let found = summarize_readings(memory, memory, records, clock, &caller, self.unit(0), query).await;
        found.unwrap().sensors[0].windows[0].clone()
    }
}

fn excursions(alerts: Vec<Alert>) -> Vec<Alert> {
    let of_food = |alert: &Alert| alert.kind == AlertKind::TempExcursion;
    alerts.into_iter().filter(of_food).collect()
}

#[tokio::test]
async fn an_excursion_that_nobody_heard_of_is_found_late_and_the_present_stays_as_it_is() {
    let stage = Stage::cut_off().await;
    stage.watch("screen", Topic::Org).await;
    let (before, known) = (stage.record_of(0).await.state, stage.whole().await);
    assert_eq!(
        (known.max_c, known.above_minutes, known.back_filled),
        (Some(3.5), 0, 0)
    );
    stage.record(&stage.kept()).await;

    // Nothing is judged while more may be coming.
    let told = stage.pass(minute(BACK + 1)).await;
    assert_eq!(stage.judge(&told).await, 0);
    let told = stage.pass(minute(BACK + 5)).await;
    assert_eq!(stage.judge(&told).await, 1);

    let [found] = excursions(stage.alerts(AlertStatus::Resolved).await)
        .try_into()
        .unwrap();
    assert_eq!(
        (found.severity, found.opened_at, found.resolved_at, found.found_at),
        (
            Severity::Critical,
            minute(200),
            Some(minute(240)),
            Some(minute(BACK + 5))
        )
    );
    assert_eq!(excursions(stage.alerts(AlertStatus::Open).await), []);
    let after = stage.record_of(0).await.state;
    assert_eq!(
        (after.status, after.status_since, after.last, after.episodes),
        (before.status, before.status_since, before.last, before.episodes)
    );
    let corrected = stage.whole().await;
    assert_eq!(
        (corrected.max_c, corrected.above_minutes, corrected.back_filled),
        (Some(7.2), 40, 70)
    );
    assert!(corrected.coverage_percent > known.coverage_percent);
    let screens = shown(&stage, "screen");
    let seen = screens.iter().any(|body| match body {
        ServerBody::AlertsChanged { alerts } => alerts.iter().any(|alert| alert.id == found.id),
        _ => false,
    });
    assert!(seen, "{screens:?}");

    // It is told once, and leaves a trail.
    let memory = &stage.world.memory;
    let left = memory.take_outbox();
    let found_late = left
        .iter()
        .filter(|event| matches!(event.what, Happening::AlertFoundLate(_)));
    assert_eq!(found_late.count(), 1);
    for event in left.iter().chain(&left) {
        record_trail(memory, event).await.unwrap();
    }
    let detail = get_alert(
        memory,
        &stage.world.records,
        &stage.world.clock,
        &stage.viewer(),
        found.id,
    )
    .await
    .unwrap();
    let trail: Vec<&str> = detail.trail.iter().map(|entry| entry.event.as_str()).collect();
    assert_eq!(trail, ["alert.found_late"]);
    assert_eq!(detail.alert.found_at.map(|at| at.0), Some(minute(BACK + 5)));
}

#[tokio::test]
async fn the_same_twice_finds_nothing_more() {
    let stage = Stage::cut_off().await;
    stage.record(&stage.kept()).await;
    let told = stage.pass(minute(BACK + 5)).await;
    stage.judge(&told).await;
    let (found, readings) = (stage.alerts(AlertStatus::Resolved).await, stage.readings(0).await);
    // The queue delivers again; then the gateway does.
    stage.judge(&told).await;
    let again = stage.record(&stage.kept()).await;
    assert!(again.iter().all(|status| *status == Duplicate), "{again:?}");
    let told = stage.pass(minute(BACK + 30)).await;
    stage.judge(&told).await;
    assert_eq!(
        excursions(stage.alerts(AlertStatus::Resolved).await),
        excursions(found)
    );
    assert_eq!(stage.readings(0).await, readings);
    let more = stage.world.memory.take_outbox();
    assert!(
        !more
            .iter()
            .any(|event| matches!(event.what, Happening::AlertFoundLate(_)))
    );
}

#[tokio::test]
async fn in_whatever_order_and_portions_frames_come_the_same_is_found() {
    let mut seen = Vec::new();
    for order in 0..4 {
        let stage = Stage::cut_off().await;
        let mut kept = stage.kept();
        match order {
            1 => kept.reverse(),
            2 => kept.rotate_left(31),
            3 => kept.sort_by_key(|item| item.reading.recorded_at.as_seconds() / 300 % 7),
            _ => {}
        }
        for (number, portion) in (0..).zip(kept.chunks(10)) {
            stage.world.clock.set(minute(BACK) + Span::seconds(number * 20));
            assert!(
                stage
                    .record(portion)
                    .await
                    .iter()
                    .all(|status| *status == Accepted)
            );
        }
        let told = stage.pass(minute(BACK + 10)).await;
        assert_eq!(stage.judge(&told).await, 1, "once for all of them");
        let found = excursions(stage.alerts(AlertStatus::Resolved).await);
        seen.push(
            found
                .iter()
                .map(|alert| (alert.opened_at, alert.resolved_at, alert.severity))
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(seen[0], [(minute(200), Some(minute(240)), Severity::Critical)]);
    assert!(seen.iter().all(|found| *found == seen[0]), "{seen:?}");
}

#[tokio::test]
async fn what_comes_late_before_anything_newer_is_judged_live_and_not_found_again() {
    let stage = Stage::new(1);
    stage.world.clock.set(minute(0));
    stage.record(&[stage.measured(0, minute(0), COLD)]).await;
    stage.world.clock.set(minute(BACK));
    stage.record(&stage.kept()).await;
    let state = stage.record_of(0).await.state;
    assert!(!matches!(
        state.status,
        UnitStatus::Excursion | UnitStatus::AlarmActive
    ));
    let told = stage.pass(minute(BACK + 10)).await;
    assert_eq!(stage.judge(&told).await, 0);
    let alerts = excursions(stage.alerts(AlertStatus::Resolved).await);
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0].found_at, None, "it was told when it was heard of");
}

#[tokio::test]
async fn an_excursion_of_which_an_alert_tells_is_not_found_again() {
    let stage = Stage::new(1);
    for (at, centi) in [
        (0, COLD),
        (200, WARM),
        (215, WARM),
        (240, COLD),
        (245, COLD),
        (BACK, COLD),
    ] {
        stage.world.clock.set(minute(at));
        stage.record(&[stage.measured(0, minute(at), centi)]).await;
    }
    let known = excursions(stage.alerts(AlertStatus::Resolved).await);
    assert_eq!(known.len(), 1);
    let between = [205, 210, 220, 225, 230, 235].map(|at| stage.measured(0, minute(at), WARM));
    stage.record(&between).await;
    let told = stage.pass(minute(BACK + 10)).await;
    assert_eq!(stage.judge(&told).await, 1);
    assert_eq!(excursions(stage.alerts(AlertStatus::Resolved).await), known);
}

#[tokio::test]
async fn what_is_in_range_or_measures_beside_the_driver_asks_for_nothing() {
    let stage = Stage::cut_off().await;
    let calm: Vec<_> = (65..BACK)
        .step_by(5)
        .map(|at| stage.measured(0, minute(at), COLD))
        .collect();
    stage.record(&calm).await;
    let other = fresh_id();
    let beside: Vec<_> = (200..240)
        .step_by(5)
        .map(|at| {
            let mut item = stage.measured(0, minute(at), WARM);
            item.reading.sensor_id = other;
            item.reading.drives_unit = false;
            item
        })
        .collect();
    assert!(
        stage
            .record(&beside)
            .await
            .iter()
            .all(|status| *status == Accepted)
    );
    assert_eq!(stage.record_of(0).await.back_fill, None);
    let told = stage.pass(minute(BACK + 10)).await;
    assert_eq!(stage.judge(&told).await, 0);
}

#[tokio::test]
async fn nothing_is_lost_when_the_store_does_not_answer() {
    for (op, kind) in [
        ("unit_states.load", PortErrorKind::Unavailable),
        ("reading_log.blocks", PortErrorKind::Throttled),
        ("reading_log.late", PortErrorKind::Throttled),
        ("alerts.opened", PortErrorKind::Unavailable),
        ("alerts.keep_found", PortErrorKind::Throttled),
    ] {
        let stage = Stage::cut_off().await;
        stage.record(&stage.kept()).await;
        let told = stage.pass(minute(BACK + 5)).await;
        let late = told
            .iter()
            .find(|event| matches!(event.what, Happening::ReadingsBackFilled { .. }))
            .unwrap();
        let faults = &stage.world.memory.faults;
        faults.fail(op, kind, 1);
        assert!(judge_past(&stage.past(), late).await.is_err(), "{op}");
        // Its answer is lost, and it comes again.
        faults.lose_answer(op, kind, 1);
        let _ = judge_past(&stage.past(), late).await;
        faults.clear();
        judge_past(&stage.past(), late).await.unwrap();
        assert_eq!(
            excursions(stage.alerts(AlertStatus::Resolved).await).len(),
            1,
            "{op}"
        );
    }
}
