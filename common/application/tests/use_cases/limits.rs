//! Two limits: the legal one judges the record, the alarm limit wakes people.

use crate::support::{COLD, START, Stage, WARM, minute};
use freshtrack_application::places::{
    get_effective_rules, get_statistics, get_unit, list_rule_changes, put_rules,
};
use freshtrack_application::{
    Actor, Caller, Failure, PageRequest, SeriesOf, SetUp, SummaryQuery, get_series, summarize_readings,
};
use freshtrack_contracts::events::PlaceId;
use freshtrack_contracts::limits::{JudgedBy, LegalLimitValue, StandardInUse};
use freshtrack_contracts::places::{RuleValues, Statistics};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_contracts::readings::{ReadingSeries, ReadingSummaries};
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::alert::{AlertKind, AlertStatus, Severity};
use freshtrack_domain::place::Level;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{LegalSource, Limit, UnitStatus};
use freshtrack_testkit::World;

/// Within the alarm limit of the kitchen's refrigerators, in hundredths of a degree Celsius.
const COOL: i32 = 450;

impl Stage {
    fn places(&self) -> SetUp<'_> {
        SetUp {
            records: &self.world.records,
            states: &self.world.memory,
            ids: &self.world.ids,
            clock: &self.world.clock,
        }
    }

    fn chef(&self) -> Caller {
        Caller {
            scope: self.scope(),
            actor: Actor::new("usr_owner"),
            rights: Role::Owner.rights(),
            sites: Sites::All,
        }
    }

    /// Sets the rules of the first unit.
    async fn set(&self, rules: RuleValues) -> Result<(), Failure> {
        let place = Some(PlaceId::Unit(self.unit(0)));
        put_rules(&self.places(), &self.chef(), place, None, rules)
            .await
            .map(|_| ())
    }

    async fn statistics(&self) -> Statistics {
        get_statistics(&self.places(), &self.viewer(), None)
            .await
            .unwrap()
    }

    /// What the first unit measured in the first hour.
    async fn first_hour(&self) -> (ReadingSummaries, ReadingSeries) {
        let World {
            memory,
            records,
            clock,
            ..
        } = &self.world;
        let (from, to) = (Some(START), Some(minute(60)));
        let query = SummaryQuery {
            from,
            to,
            ..SummaryQuery::default()
        };
        let (viewer, unit_id) = (self.viewer(), self.unit(0));
        let summaries = summarize_readings(memory, memory, records, clock, &viewer, unit_id, query).await;
        let of = SeriesOf {
            unit_id,
            from,
            to,
            points: None,
        };
        let series = get_series(memory, memory, records, clock, &viewer, of).await;
        (summaries.unwrap(), series.unwrap())
    }
}

fn plan(high_c: Option<f64>) -> LegalLimitValue {
    LegalLimitValue {
        low_c: None,
        high_c,
        source: LegalSource::new("HACCP plan CCP 2").unwrap(),
    }
}

fn legal(limit: LegalLimitValue) -> RuleValues {
    RuleValues {
        legal: Some(limit),
        ..RuleValues::default()
    }
}

#[tokio::test]
async fn the_legal_limit_judges_the_record_and_wakes_nobody() {
    let stage = Stage::new(1);
    stage.world.clock.set(minute(60));
    let batch: Vec<_> = (0..12)
        .map(|place| stage.measured(0, minute(place * 5), COOL))
        .collect();
    stage.record(&batch).await;
    let (summaries, _) = stage.first_hour().await;
    let food_code = JudgedBy {
        limit: Limit::Legal,
        low_c: None,
        high_c: Some(5.0),
        source: Some("Food Code 3-501.16".to_owned()),
    };
    assert_eq!(summaries.judged_by.as_ref(), Some(&food_code));
    assert_eq!(summaries.sensors[0].windows[0].in_range_percent, Some(100.0));

    stage.set(legal(plan(Some(4.0)))).await.unwrap();
    let own = JudgedBy {
        high_c: Some(4.0),
        source: Some("HACCP plan CCP 2".to_owned()),
        ..food_code
    };
    let (summaries, series) = stage.first_hour().await;
    let hour = &summaries.sensors[0].windows[0];
    assert_eq!(
        (hour.in_range_percent, hour.above_minutes, hour.coverage_percent),
        (Some(0.0), 60, 100.0)
    );
    assert_eq!(series.sensors[0].coverage_percent, Some(100.0));
    assert_eq!(
        (summaries.judged_by.as_ref(), series.judged_by.as_ref()),
        (Some(&own), Some(&own))
    );
    let statistics = stage.statistics().await;
    assert_eq!(
        (statistics.in_range_percent, statistics.coverage_percent),
        (Some(0.0), Some(100.0))
    );
    let in_use = StandardInUse {
        judged_by: own.clone(),
        units: 1,
    };
    assert_eq!(statistics.judged_by, [in_use]);
    let unit = get_unit(&stage.places(), &stage.viewer(), stage.unit(0))
        .await
        .unwrap();
    assert_eq!(unit.view.judged_by, Some(own));
    assert_eq!(unit.view.now.status, UnitStatus::Ok);
    assert_eq!(
        stage.alerts(AlertStatus::Open).await,
        [],
        "two hours have not passed"
    );
}

#[tokio::test]
async fn a_legal_limit_is_set_with_its_source_and_has_a_history() {
    let stage = Stage::new(1);
    let (ports, owner) = (stage.places(), stage.chef());
    let in_force = async || get_effective_rules(&ports, &owner, stage.unit(0)).await.unwrap();
    let standard = in_force().await.legal.unwrap();
    assert_eq!(
        (standard.high_c, standard.source.as_str(), standard.set_at),
        (Some(5.0), "Food Code 3-501.16", Level::Kind)
    );

    stage.set(legal(plan(Some(4.0)))).await.unwrap();
    let own = in_force().await.legal.unwrap();
    assert_eq!(
        (own.high_c, own.source.as_str(), own.set_at),
        (Some(4.0), "HACCP plan CCP 2", Level::Unit)
    );
    stage.set(RuleValues::default()).await.unwrap();
    assert_eq!(in_force().await.legal, Some(standard));
    let place = Some(PlaceId::Unit(stage.unit(0)));
    let history = list_rule_changes(&ports, &owner, place, &PageRequest::default())
        .await
        .unwrap();
    let told: Vec<_> = history
        .items
        .iter()
        .flat_map(|change| &change.changes)
        .filter(|change| change.rule == "legal")
        .map(|change| {
            (
                change.rule.as_str(),
                change.legal_from.clone(),
                change.legal_to.clone(),
            )
        })
        .collect();
    let limit = || Some(plan(Some(4.0)));
    assert_eq!(told, [("legal", limit(), None), ("legal", None, limit())]);

    let reversed = LegalLimitValue {
        low_c: Some(5.0),
        ..plan(Some(4.0))
    };
    assert!(stage.set(legal(reversed)).await.is_err());
    let never = RuleValues {
        exposure_window_minutes: Some(10),
        ..RuleValues::default()
    };
    assert!(stage.set(never).await.is_err());
}

#[tokio::test]
async fn a_log_by_hand_is_judged_by_the_legal_limit() {
    let stage = Stage::new(1);
    stage.set(legal(plan(Some(4.0)))).await.unwrap();
    let refused = stage.log(0, serde_json::json!({ "temperature_c": 4.5 })).await;
    let Err(Failure::Refused(refusal)) = refused else {
        panic!("it is beyond the plan's limit: {refused:?}");
    };
    assert_eq!(refusal.code, ProblemCode::CorrectiveActionRequired);
    assert_eq!(
        refusal.detail,
        "The unit is kept at 4 °C or below (HACCP plan CCP 2). Say what was done."
    );
    let action = serde_json::json!({ "temperature_c": 4.5, "corrective_action": "Turned it down." });
    let log = stage.log(0, action).await.unwrap();
    assert!(!log.in_range);
    let judged_by = log.judged_by.unwrap();
    assert_eq!(
        (judged_by.limit, judged_by.high_c, judged_by.source.as_deref()),
        (Limit::Legal, Some(4.0), Some("HACCP plan CCP 2"))
    );

    // What holds no food has no legal limit, and is judged by what people are woken by.
    stage.set(legal(plan(None))).await.unwrap();
    let log = stage
        .log(0, serde_json::json!({ "temperature_c": 4.6 }))
        .await
        .unwrap();
    assert!(log.in_range);
    let judged_by = log.judged_by.unwrap();
    assert_eq!(
        (judged_by.limit, judged_by.high_c, judged_by.source),
        (Limit::Alarm, Some(log.high_c), None)
    );
}

#[tokio::test]
async fn nothing_measured_is_no_share_rather_than_a_perfect_one() {
    let stage = Stage::new(2);
    let nothing = stage.statistics().await;
    assert_eq!(
        (nothing.in_range_percent, nothing.coverage_percent),
        (None, Some(0.0))
    );
    let now: Timestamp = START + Span::hours(24);
    stage.record(&[stage.measured(1, now, COLD)]).await;
    let half = stage.statistics().await;
    assert_eq!(
        (half.in_range_percent, half.coverage_percent),
        (Some(100.0), Some(50.0)),
        "one of two is known, and all of that is in range"
    );
}

#[tokio::test]
async fn excursions_that_are_no_alarm_one_by_one_are_one_together() {
    let stage = Stage::new(1);
    let patient = RuleValues {
        confirm_door_closed_minutes: Some(60),
        ..RuleValues::default()
    };
    stage.set(patient).await.unwrap();
    let rules = get_effective_rules(&stage.places(), &stage.chef(), stage.unit(0))
        .await
        .unwrap()
        .rules;
    assert_eq!(
        rules["confirm_door_open_minutes"].value, 60.0,
        "what is shown is what holds"
    );
    // Thirty-five minutes too warm and ten in range, again and again.
    let reading = |minutes: u32| {
        let warm = minutes % 45 < 35;
        stage.measured(0, minute(minutes), if warm { WARM } else { COLD })
    };
    let mut alarms = Vec::new();
    for minutes in (0..225).step_by(5) {
        stage.world.clock.set(minute(minutes));
        stage.record(&[reading(minutes)]).await;
        let open = stage.alerts(AlertStatus::Open).await;
        alarms.extend(
            open.into_iter()
                .filter(|alert| alert.severity == Severity::Critical),
        );
    }
    let first = alarms.first().expect("two hours of four");
    assert_eq!(first.kind, AlertKind::TempExcursion, "the one that goes on");
    assert_eq!(
        first.escalated_at,
        Some(minute(150)),
        "three times thirty-five minutes, and fifteen"
    );
    assert!(
        first
            .explanation
            .contains("(Food Code 3-501.16) for 2 h of the last 4 h"),
        "{}",
        first.explanation
    );
    assert!(alarms.iter().all(|alarm| alarm.id == first.id), "and only once");
}
