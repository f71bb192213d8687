//! From a sensor that falls silent to the people who must know, and back: by the clock alone, without a reading.

use crate::story::{events, measure, told, trail};
use freshtrack_domain::alert::{AlertKind, AlertStatus, Severity};
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::{Silence, UnitStatus};
use freshtrack_tests::{Frame, World};
use serde_json::json;

#[tokio::test]
async fn a_sensor_that_falls_silent_is_told_of_step_by_step_until_it_is_heard_again() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let unit = tenant.unit(0).id;
    let mut screen = tenant.watching().await;
    let heard = world.now();
    measure(&world, &tenant, 0, 1, 300).await;
    screen
        .unit("a reading in range", unit, |unit| unit.status == UnitStatus::Ok)
        .await;

    // Its next report was due after five minutes, and is overdue after six.
    world.advance(Span::seconds(359));
    let swept = world
        .api
        .invoke("platform-sweep-timers", &json!({}))
        .await
        .unwrap();
    assert_eq!((&swept["due"], &swept["changed"]), (&json!(0), &json!(0)));
    world.advance(Span::seconds(61));
    let opened = told(&mut screen).await;
    assert_eq!(
        (opened.kind, opened.severity, opened.status),
        (
            AlertKind::MonitoringInterrupted,
            Severity::Warning,
            AlertStatus::Open
        )
    );
    assert_eq!(opened.opened_at.0, heard + Span::minutes(6));
    assert_eq!(
        opened.explanation,
        "Nothing was heard of the sensor for 6 min: it reports every 5 min, so 1 report is missing, and 1 is a warning (the \
         standard)."
    );
    let offline = screen.unit("the silence", unit, |_| true).await;
    assert_eq!(
        (offline.status, offline.silence, offline.severity),
        (
            UnitStatus::Offline,
            Some(Silence::Offline),
            Some(Severity::Warning)
        )
    );
    assert_eq!(offline.temperature_c, Some(3.0), "what was last known is shown");

    world.advance(Span::minutes(20));
    let upgraded = told(&mut screen).await;
    assert_eq!((upgraded.id, upgraded.severity), (opened.id, Severity::Critical));
    screen
        .unit("the interruption", unit, |unit| {
            unit.status == UnitStatus::MonitoringInterrupted
        })
        .await;
    assert_eq!(tenant.alerts(AlertStatus::Open).await.items, [upgraded]);

    // A socket lives for two hours.
    world.advance(Span::hours(3));
    screen = tenant.watching().await;
    world.advance(Span::hours(1));
    let log_due = told(&mut screen).await;
    assert_eq!(
        (log_due.kind, log_due.severity),
        (AlertKind::MissedManualEntry, Severity::Warning)
    );
    screen
        .unit("that a log is due", unit, |unit| {
            unit.status == UnitStatus::ManualRequired
        })
        .await;
    assert_eq!(
        tenant.unit_view(0).await.now.status,
        UnitStatus::ManualRequired,
        "lists say the same as the live channel"
    );

    let returned = world.now();
    measure(&world, &tenant, 0, 2, 300).await;
    screen
        .unit("the recovery", unit, |unit| {
            unit.status == UnitStatus::Restoring && unit.silence.is_none()
        })
        .await;
    assert_eq!(tenant.alerts(AlertStatus::Open).await.items, []);
    let trail = trail(&tenant, opened.id, 3).await;
    assert_eq!(
        events(&trail),
        [
            ("alert.opened", heard + Span::minutes(6)),
            ("alert.upgraded", heard + Span::minutes(26)),
            ("alert.resolved", returned)
        ]
    );
    world.advance(Span::minutes(5));
    measure(&world, &tenant, 0, 3, 300).await;
    screen
        .unit("normality", unit, |unit| unit.status == UnitStatus::Ok)
        .await;
    world.settled().await;
}

#[tokio::test]
async fn a_new_sensor_has_an_hour_to_be_heard() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let mut screen = tenant.watching().await;
    world.advance(Span::minutes(59));
    assert_eq!(tenant.unit_view(0).await.now.status, UnitStatus::Pending);
    world.advance(Span::minutes(1));
    let opened = told(&mut screen).await;
    assert_eq!(
        (opened.kind, opened.severity),
        (AlertKind::MonitoringInterrupted, Severity::Warning)
    );
    assert_eq!(tenant.unit_view(0).await.now.status, UnitStatus::Offline);

    measure(&world, &tenant, 0, 1, 300).await;
    let resolved = told(&mut screen).await;
    assert_eq!((resolved.id, resolved.status), (opened.id, AlertStatus::Resolved));
    assert_eq!(tenant.unit_view(0).await.now.status, UnitStatus::Ok);
}

#[tokio::test]
async fn what_a_gateway_has_buffered_ends_silence_only_as_far_as_it_is_true() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let mut screen = tenant.watching().await;
    let start = world.now();
    measure(&world, &tenant, 0, 1, 300).await;
    world.advance(Span::hours(1));
    let opened = told(&mut screen).await;
    screen
        .unit("the interruption", tenant.unit(0).id, |unit| {
            unit.status == UnitStatus::MonitoringInterrupted
        })
        .await;

    let buffered = |minute| {
        let at = start + Span::minutes(minute);
        Frame::first(tenant.dev_eui(0), at, 300).uploaded()
    };
    tenant.upload(&[buffered(5), buffered(10)]).await;
    let unit = tenant.unit_view(0).await.now;
    assert_eq!(unit.status, UnitStatus::MonitoringInterrupted);
    assert_eq!(unit.measured_at.map(|at| at.0), Some(start + Span::minutes(10)));

    // The gap between minutes 10 and 55 is history: nobody is woken by it.
    tenant.upload(&[buffered(55), buffered(59)]).await;
    let unit = tenant.unit_view(0).await.now;
    assert_eq!((unit.status, unit.silence), (UnitStatus::Ok, None));
    assert_eq!(tenant.alerts(AlertStatus::Open).await.items, []);
    let resolved = tenant.alerts(AlertStatus::Resolved).await.items;
    assert_eq!(resolved.len(), 1);
    assert_eq!(resolved[0].id, opened.id);
}
