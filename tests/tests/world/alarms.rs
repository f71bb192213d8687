//! From an alarm of the library that somebody switches on to the screen that tells of it.

use crate::story::told;
use freshtrack_contracts::page::Page;
use freshtrack_contracts::places::{AlarmChangeView, AlarmsAt};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Right;
use freshtrack_domain::alert::{AlertKind, AlertStatus, Severity};
use freshtrack_domain::time::Span;
use freshtrack_tests::{Answer, Tenant, World};
use http::Method;
use serde_json::{Value as Json, json};

async fn set(tenant: &Tenant, body: &Json) -> Answer {
    let path = tenant.path(&format!("units/{}/alarms", tenant.unit(0).id));
    let key = tenant.key(Right::UpdateUnits);
    tenant
        .api
        .send(Method::PUT, &path, Some(key), body.to_string())
        .await
}

#[tokio::test]
async fn an_alarm_is_switched_on_tells_why_it_came_and_is_switched_off() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let mut screen = tenant.watching().await;
    let damp = json!({ "set": [{ "alarm": "humidity_high", "enabled": true, "threshold": 80.0 }] });
    let alarms: AlarmsAt = set(&tenant, &damp).await.ok();
    assert!(alarms.set.len() == 1 && alarms.alarms.len() > 50);
    // The unit is told of it by the queue.
    world.settled().await;
    for _ in 0..4 {
        let reading = json!({
            "dev_eui": tenant.dev_eui(0),
            "recorded_at": world.now().to_string(),
            "temperature_c": 3.0,
            "humidity_percent": 91.0,
        });
        tenant.upload(&[reading]).await;
        world.advance(Span::minutes(5));
    }
    let alert = told(&mut screen).await;
    assert_eq!(
        (alert.kind, alert.severity),
        (AlertKind::HumidityHigh, Severity::Warning)
    );
    assert_eq!(alert.alarm.unwrap().to_string(), "humidity_high");
    assert_eq!(
        alert.explanation,
        "The humidity is at 91 % and has been at 80 % or more for 15 min (set for this unit)."
    );

    let off: AlarmsAt = set(&tenant, &json!({ "set": [] })).await.ok();
    assert_eq!(off.set, []);
    world.settled().await;
    let over = tenant.alert(alert.id).await.alert;
    assert_eq!(over.status, AlertStatus::Resolved);
    let path = format!("units/{}/alarms/history", tenant.unit(0).id);
    let history: Page<AlarmChangeView> = tenant.read(&path).await.ok();
    assert_eq!(history.items.len(), 2);

    let built_in = json!({ "set": [{ "alarm": "fridge_mild_warm", "enabled": false }] });
    assert_eq!(set(&tenant, &built_in).await.code(), ProblemCode::InvalidRequest);
    let unknown = json!({ "set": [{ "alarm": "fridge_too_nice" }] });
    assert_eq!(set(&tenant, &unknown).await.code(), ProblemCode::InvalidRequest);
    world.settled().await;
}
