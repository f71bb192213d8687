//! What other rules would have made of the past, and what the present drift makes of the next hours.

use freshtrack_contracts::places::{ReplayOutcome, RuleReplay};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_contracts::readings::UnitForecast;
use freshtrack_domain::access::Right;
use freshtrack_domain::alert::{AlertKind, AlertStatus, Side};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_tests::{Answer, Frame, Tenant, World};
use serde_json::{Value as Json, json};

/// Uploads what the unit's sensor measured every five minutes from `from` on, in hundredths of a degree Celsius.
pub(crate) async fn measured(tenant: &Tenant, from: Timestamp, centi: &[i16]) {
    let readings: Vec<Json> = (0..)
        .zip(centi)
        .map(|(n, centi)| Frame::new(tenant.dev_eui(0), from + Span::minutes(n * 5), n, *centi).uploaded())
        .collect();
    tenant.upload(&readings).await;
}

async fn replay(tenant: &Tenant, body: Json) -> Answer {
    let path = tenant.path(&format!("units/{}/rules/replay", tenant.unit(0).id));
    tenant
        .api
        .post(&path, tenant.key(Right::Read), body.to_string())
        .await
}

#[tokio::test]
async fn rules_are_tried_on_what_was_measured_before_they_are_set() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    // Twelve hours, across sealed blocks and the head: 25 minutes out of range, and later 50.
    let mut centi = vec![300; 40];
    centi.extend([650; 5]);
    centi.extend([300; 40]);
    centi.extend([720; 10]);
    centi.extend([300; 49]);
    let from = world.now() - Span::minutes(5 * 144);
    measured(&tenant, from, &centi).await;
    let alerts = tenant.alerts(AlertStatus::Resolved).await;

    let patient = json!({ "high_c": 5.0, "low_c": 0.0, "confirm_door_closed_minutes": 30 });
    let told: RuleReplay = replay(&tenant, json!({ "days": 7, "rules": patient })).await.ok();
    assert_eq!(told.readings, 144);
    assert_eq!((told.present.alarms, told.proposed.alarms), (2, 1));
    assert_eq!((told.dropped, told.later, told.missed_excursions), (1, 1, 1));
    assert_eq!(told.to.0, world.now());
    let [long, short] = &told.alarms[..] else {
        panic!("two excursions: {told:#?}");
    };
    assert_eq!(
        (long.kind, long.outcome, long.shift_seconds, long.real_excursion),
        (
            AlertKind::TempExcursion,
            ReplayOutcome::Later,
            Some(20 * 60),
            true
        )
    );
    assert_eq!(
        (short.outcome, short.shift_seconds),
        (ReplayOutcome::Dropped, None)
    );
    let present = short.present.as_ref().unwrap();
    assert_eq!(present.opened_at.0, from + Span::minutes(200));
    assert_eq!(present.alarm_at.unwrap().0, from + Span::minutes(210));
    assert_eq!(present.ended_at.unwrap().0, from + Span::minutes(225));
    assert_eq!((present.side, present.worst_c), (Some(Side::High), Some(6.5)));
    assert_eq!(
        short.proposed.as_ref().unwrap().alarm_at,
        None,
        "a warning it stays"
    );

    // The limits that the unit has, set anew, change nothing; and trying anything changed nothing in truth.
    let same = json!({ "high_c": 5.0, "low_c": 0.0, "confirm_door_closed_minutes": 10 });
    let told: RuleReplay = replay(&tenant, json!({ "days": 90, "rules": same })).await.ok();
    assert_eq!(told.present, told.proposed);
    assert_eq!(
        (told.unchanged, told.alarms.len(), told.missed_excursions),
        (2, 2, 0)
    );
    assert_eq!(tenant.alerts(AlertStatus::Resolved).await, alerts);
}

#[tokio::test]
async fn rules_that_could_not_be_set_are_not_tried() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    for body in [
        json!({ "days": 6, "rules": {} }),
        json!({ "days": 91, "rules": {} }),
        json!({ "rules": {} }),
        json!({ "days": 30, "rules": { "high": 5.0 } }),
        json!({ "days": 30, "rules": {}, "unit": "x" }),
        json!({ "days": 30, "rules": { "low_c": 9.0 } }),
        json!({ "days": 30, "rules": { "hysteresis_c": 11.0 } }),
    ] {
        let answer = replay(&tenant, body.clone()).await;
        assert_eq!(answer.code(), ProblemCode::InvalidRequest, "{body}");
    }
    let unknown = tenant.path("units/unt_01JD8Q6V5X8A2C4E6G8J0M2P4R/rules/replay");
    let body = json!({ "days": 30, "rules": {} }).to_string();
    let answer = tenant.api.post(&unknown, tenant.key(Right::Read), body).await;
    assert_eq!(answer.code(), ProblemCode::NotFound);
}

#[tokio::test]
async fn a_drift_is_forecast_and_alarms_nobody() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let path = tenant.path(&format!("units/{}/forecast", tenant.unit(0).id));
    let ask = async || -> UnitForecast { tenant.api.get(&path, tenant.key(Right::Read)).await.ok() };
    assert_eq!(ask().await.crossing, None, "nothing was heard yet");

    let mut centi: Vec<i16> = [250, 280, 310, 290, 260].into_iter().cycle().take(60).collect();
    measured(&tenant, world.now() - Span::minutes(360), &centi).await;
    assert_eq!(ask().await.crossing, None, "it cycles");

    // A fifth of a degree every five minutes, and four fifths to go.
    centi.extend((0..11).map(|n| 220 + n * 20));
    measured(&tenant, world.now() - Span::minutes(50), &centi[60..]).await;
    let crossing = ask().await.crossing.unwrap();
    assert_eq!(
        (crossing.side, crossing.limit_c, crossing.from_c),
        (Side::High, 5.0, 4.2)
    );
    assert_eq!(crossing.at.0, world.now() + Span::minutes(20));
    assert!(crossing.earliest <= crossing.at && crossing.latest.is_none_or(|latest| crossing.at <= latest));
    assert_eq!(tenant.alerts(AlertStatus::Open).await.items, []);
}
