//! What comes by the calendar of a site: times in which alerts are held back week by week, and logs by hand that are due while
//! somebody is there. A unit's state knows the next of them and is settled again for the one behind it.

use crate::support::{COLD, START, Stage, WARM};
use freshtrack_application::logbook::log_temperature;
use freshtrack_application::places::{create_unit, follow_change, get_unit, update_site, update_unit};
use freshtrack_application::ports::UnitStates;
use freshtrack_application::{Actor, Caller, Failure, PortErrorKind, SetUp, SweepReport, sweep_timers};
use freshtrack_contracts::logbook::NewLog;
use freshtrack_contracts::places::{CreateUnit, RecurringQuietTimeValue, UpdateSite, UpdateUnit};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::alert::{Alert, AlertKind, AlertStatus, Severity};
use freshtrack_domain::ids::UnitId;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::UnitState;
use freshtrack_testkit::World;
use serde_json::{Value as Json, json};

const DAILY: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn defrost(starts: &str, minutes: u32) -> RecurringQuietTimeValue {
    let value = json!({ "days": DAILY, "starts": starts, "minutes": minutes, "reason": "defrost" });
    serde_json::from_value(value).unwrap()
}

impl Stage {
    fn ports(&self) -> SetUp<'_> {
        SetUp {
            records: &self.world.records,
            states: &self.world.memory,
            ids: &self.world.ids,
            clock: &self.world.clock,
        }
    }

    fn owner(&self) -> Caller {
        Caller {
            scope: self.scope(),
            actor: Actor::new("usr_owner"),
            rights: Role::Owner.rights(),
            sites: Sites::All,
        }
    }

    /// Sets when alerts of unit 0 are held back.
    async fn hold_back(&self, times: Vec<RecurringQuietTimeValue>) -> Result<(), Failure> {
        let input = UpdateUnit {
            recurring_quiet_times: Some(times),
            ..UpdateUnit::default()
        };
        let unit = self.unit(0);
        update_unit(&self.ports(), &self.owner(), unit, None, input).await?;
        Ok(())
    }

    /// Changes the site, and lets what is in it follow.
    async fn change_site(&self, input: Json) {
        let input: UpdateSite = serde_json::from_value(input).unwrap();
        let site_id = self.kitchen.site_id;
        update_site(&self.ports(), &self.owner(), site_id, None, input)
            .await
            .unwrap();
        for event in self.world.records.take_outbox() {
            follow_change(&self.ports().follow(), &event).await.unwrap();
        }
    }

    /// A unit that is logged by hand and has no sensor.
    async fn unit_without_sensor(&self) -> UnitId {
        let input = json!({
            "area_id": self.kitchen.area_id,
            "name": "Cellar",
            "kind": "fridge",
            "logged_by_hand": true,
        });
        let input: CreateUnit = serde_json::from_value(input).unwrap();
        let created = create_unit(&self.ports(), &self.owner(), input).await;
        created.unwrap().view.id
    }

    async fn log_by_hand(&self, unit_id: UnitId, recorded_at: Timestamp) {
        let log = json!({ "temperature_c": 3.5, "recorded_at": recorded_at.to_string() });
        let log: NewLog = serde_json::from_value(log).unwrap();
        log_temperature(&self.world.keep_logs(), &self.owner(), unit_id, log)
            .await
            .unwrap();
    }

    async fn state_of(&self, unit_id: UnitId) -> UnitState {
        let states: &dyn UnitStates = &self.world.memory;
        let record = states.load(self.scope(), unit_id).await.unwrap();
        record.unwrap().state
    }

    /// From and until when the engine knows alerts of unit `number` to be held back.
    async fn quiet(&self, number: usize) -> Vec<(Timestamp, Timestamp)> {
        let state = self.record_of(number).await.state;
        let times = state.quiet.iter();
        times.map(|quiet| (quiet.from, quiet.until)).collect()
    }

    async fn sweep_at(&self, at: Timestamp) -> SweepReport {
        let World {
            memory,
            records,
            clock,
            ..
        } = &self.world;
        clock.set(at);
        sweep_timers(records, memory, self.world.live(), clock)
            .await
            .unwrap()
    }

    async fn measure(&self, at: Timestamp, centi: i32) {
        self.world.clock.set(at);
        self.record(&[self.measured(0, at, centi)]).await;
    }

    async fn open_of(&self, kind: AlertKind) -> Vec<Alert> {
        let mut open = self.alerts(AlertStatus::Open).await;
        open.retain(|alert| alert.kind == kind);
        open
    }
}

#[tokio::test]
async fn a_unit_is_quiet_night_after_night_also_when_the_clock_is_put_back() {
    let stage = Stage::new(1);
    // The night to 1 November 2026 has 01:30 twice in New York.
    stage.measure(at("2026-10-31T20:00:00Z"), COLD).await;
    stage.hold_back(vec![defrost("01:30", 60)]).await.unwrap();
    let first = (at("2026-11-01T05:30:00Z"), at("2026-11-01T06:30:00Z"));
    let second = (at("2026-11-02T06:30:00Z"), at("2026-11-02T07:30:00Z"));
    assert_eq!(stage.quiet(0).await, [first]);

    stage.measure(first.0 + Span::minutes(5), WARM).await;
    stage.measure(first.0 + Span::minutes(20), WARM).await;
    assert_eq!(stage.open_of(AlertKind::TempExcursion).await, []);
    stage.sweep_at(first.1).await;
    let [alert] = stage.open_of(AlertKind::TempExcursion).await.try_into().unwrap();
    assert_eq!(
        (alert.opened_at, alert.severity),
        (first.0 + Span::minutes(5), Severity::Critical),
        "what still holds at the end is told then"
    );
    assert_eq!(stage.quiet(0).await, [second]);

    for minutes in [5, 10, 15] {
        stage.measure(first.1 + Span::minutes(minutes), COLD).await;
    }
    assert_eq!(stage.open_of(AlertKind::TempExcursion).await, []);
    stage.measure(second.0 + Span::minutes(5), WARM).await;
    stage.measure(second.0 + Span::minutes(10), COLD).await;
    stage.sweep_at(second.1).await;
    let told = stage.alerts(AlertStatus::Resolved).await;
    let told = told.iter().filter(|alert| alert.kind == AlertKind::TempExcursion);
    assert_eq!(told.count(), 1, "what was over by the end never was");
}

#[tokio::test]
async fn a_reading_at_the_end_of_a_quiet_time_leaves_the_next_one_known() {
    let stage = Stage::new(1);
    stage.measure(at("2026-06-08T12:00:00Z"), COLD).await;
    stage.hold_back(vec![defrost("09:00", 30)]).await.unwrap();
    let next = |days: u32| {
        let from = at("2026-06-08T13:00:00Z") + Span::hours(24 * days);
        (from, from + Span::minutes(30))
    };
    assert_eq!(stage.quiet(0).await, [next(0)]);
    stage.measure(next(0).1 + Span::seconds(1), COLD).await;
    assert_eq!(stage.quiet(0).await, [], "a reading knows no calendar");
    stage.sweep_at(next(0).1 + Span::seconds(30)).await;
    assert_eq!(stage.quiet(0).await, [next(1)]);
    let settled = stage.record_of(0).await;
    assert_eq!(settled.state.settle_at, Some(next(1).1));
    stage.sweep_at(next(0).1 + Span::seconds(90)).await;
    assert_eq!(stage.record_of(0).await.rev, settled.rev, "once");
}

#[tokio::test]
async fn the_units_of_a_site_are_quiet_when_it_is_by_its_own_clock() {
    let stage = Stage::new(2);
    stage.world.clock.set(at("2026-06-08T00:00:00Z"));
    stage
        .change_site(json!({ "recurring_quiet_times": [defrost("09:00", 30)] }))
        .await;
    for number in [0, 1] {
        assert_eq!(stage.quiet(number).await[0].0, at("2026-06-08T13:00:00Z"));
    }
    stage.change_site(json!({ "time_zone": "Europe/Vienna" })).await;
    assert_eq!(stage.quiet(0).await[0].0, at("2026-06-08T07:00:00Z"));
    let settled = stage.record_of(0).await.rev;
    stage.change_site(json!({ "name": "Quay 9" })).await;
    assert_eq!(stage.record_of(0).await.rev, settled, "a name quiets nobody");
    stage.change_site(json!({ "recurring_quiet_times": [] })).await;
    let state = stage.record_of(1).await.state;
    assert_eq!((state.quiet, state.settle_at), (Vec::new(), None));
}

#[tokio::test]
async fn what_no_week_can_have_is_refused() {
    let stage = Stage::new(1);
    let mut never = defrost("01:00", 60);
    never.days.clear();
    for times in [
        vec![defrost("01:00", 0)],
        vec![defrost("01:00", 241)],
        vec![defrost("01:00", 30); 9],
        vec![defrost("01:00", 240), defrost("05:00", 240)],
        vec![never],
    ] {
        let Err(Failure::Refused(refusal)) = stage.hold_back(times).await else {
            panic!("expected a refusal");
        };
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            (ProblemCode::InvalidRequest, Some("recurring_quiet_times"))
        );
    }
    let kept = vec![defrost("24:00", 240)];
    stage.hold_back(kept.clone()).await.unwrap();
    let shown = get_unit(&stage.ports(), &stage.owner(), stage.unit(0)).await;
    assert_eq!(shown.unwrap().view.recurring_quiet_times, kept);
}

#[tokio::test]
async fn a_unit_that_cannot_be_settled_stays_due() {
    let stage = Stage::new(1);
    stage.measure(at("2026-06-08T12:00:00Z"), COLD).await;
    stage.hold_back(vec![defrost("09:00", 30)]).await.unwrap();
    let end = at("2026-06-08T13:30:00Z");
    stage.measure(end, COLD).await;
    let faults = &stage.world.records.faults;
    faults.fail("records.find", PortErrorKind::Unavailable, 1);
    assert_eq!(stage.sweep_at(end).await.failed, 1);
    let report = stage.sweep_at(end + Span::seconds(30)).await;
    assert_eq!((report.due, report.failed), (1, 0));
    assert_eq!(stage.quiet(0).await[0].0, at("2026-06-09T13:00:00Z"));
}

#[tokio::test]
async fn a_log_of_a_unit_without_a_sensor_is_missed_and_ends_that() {
    let stage = Stage::new(0);
    let created = START + Span::hours(24);
    let unit = stage.unit_without_sensor().await;
    let due = created + Span::hours(4);
    let shown = get_unit(&stage.ports(), &stage.owner(), unit).await.unwrap();
    assert_eq!(shown.view.now.log_due_at, Some(due.into()));
    assert_eq!(
        stage.sweep_at(due - Span::seconds(1)).await,
        SweepReport::default()
    );

    let report = stage.sweep_at(due + Span::seconds(20)).await;
    assert_eq!((report.changed, report.lag), (1, Span::seconds(20)));
    let [alert] = stage
        .open_of(AlertKind::MissedManualEntry)
        .await
        .try_into()
        .unwrap();
    assert_eq!((alert.severity, alert.opened_at), (Severity::Warning, due));
    assert_eq!(
        stage.sweep_at(due + Span::hours(9)).await,
        SweepReport::default(),
        "once"
    );

    let logged = due + Span::hours(9);
    stage.log_by_hand(unit, logged).await;
    assert_eq!(stage.alerts(AlertStatus::Open).await, []);
    assert_eq!(stage.sweep_at(logged).await.failed, 0);
    assert_eq!(stage.state_of(unit).await.log_due, Some(logged + Span::hours(4)));
}

#[tokio::test]
async fn nobody_is_asked_for_a_log_while_the_site_is_closed_and_the_hour_it_opens_is_its_own() {
    let stage = Stage::new(0);
    // A Saturday in New York; in the night the clock is put back.
    stage.world.clock.set(at("2026-10-31T13:00:00Z"));
    let unit = stage.unit_without_sensor().await;
    let openings: Vec<Json> = DAILY
        .iter()
        .map(|day| json!({ "day": day, "opens": "08:00", "closes": "18:00" }))
        .collect();
    stage.change_site(json!({ "opening_hours": openings })).await;
    let logged = at("2026-10-31T21:00:00Z");
    stage.world.clock.set(logged);
    stage.log_by_hand(unit, logged).await;
    stage.sweep_at(logged + Span::seconds(30)).await;
    let opens = at("2026-11-01T13:00:00Z");
    assert_eq!(stage.state_of(unit).await.log_due, Some(opens), "08:00 EST");
    stage.sweep_at(opens - Span::seconds(1)).await;
    assert_eq!(stage.alerts(AlertStatus::Open).await, []);
    stage.sweep_at(opens + Span::seconds(5)).await;
    assert_eq!(stage.open_of(AlertKind::MissedManualEntry).await.len(), 1);

    stage.change_site(json!({ "opening_hours": [] })).await;
    let input = UpdateUnit {
        logged_by_hand: Some(false),
        ..UpdateUnit::default()
    };
    update_unit(&stage.ports(), &stage.owner(), unit, None, input)
        .await
        .unwrap();
    assert_eq!(stage.alerts(AlertStatus::Open).await, []);
    assert_eq!(stage.state_of(unit).await.log_due, None);
}
