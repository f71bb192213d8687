//! Two limits: what wakes nobody is in the record nevertheless, and adds up.

use crate::hindsight::measured;
use freshtrack_contracts::readings::ReadingSummaries;
use freshtrack_domain::alert::{AlertKind, AlertStatus, Severity};
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::{Limit, UnitStatus};
use freshtrack_tests::World;

#[tokio::test]
async fn warmth_that_wakes_nobody_is_in_the_record_and_adds_up() {
    let world = World::start().await;
    let mut tenant = world.tenant(1).await;
    // A kitchen that wants to sleep.
    tenant.unit_mut(0).high_c = Some(8.0);
    tenant.import().await;
    let from = world.now() - Span::minutes(160);

    measured(&tenant, from, &[650; 12]).await;
    assert_eq!(tenant.alerts(AlertStatus::Open).await.items, []);
    let path = format!(
        "units/{}/readings/summary?from={from}&to={}",
        tenant.unit(0).id,
        from + Span::minutes(60)
    );
    let summaries: ReadingSummaries = tenant.read(&path).await.ok();
    let judged_by = summaries.judged_by.unwrap();
    assert_eq!((judged_by.limit, judged_by.high_c), (Limit::Legal, Some(5.0)));
    assert_eq!(judged_by.source.as_deref(), Some("Food Code 3-501.16"));
    assert_eq!(summaries.high_c, 8.0, "the alarm limit");
    let hour = &summaries.sensors[0].windows[0];
    assert_eq!((hour.in_range_percent, hour.coverage_percent), (Some(0.0), 100.0));

    // Half an hour in which all is well does not undo what was before it.
    measured(&tenant, from + Span::minutes(60), &[300; 6]).await;
    measured(&tenant, from + Span::minutes(90), &[650; 15]).await;
    let alerts = tenant.alerts(AlertStatus::Open).await.items;
    let [alert] = &alerts[..] else {
        panic!("one alert: {alerts:#?}");
    };
    assert_eq!(
        (alert.kind, alert.severity),
        (AlertKind::CumulativeExposure, Severity::Critical)
    );
    assert!(
        alert.explanation.contains("5.0 °C") && alert.explanation.contains("Food Code 3-501.16"),
        "{}",
        alert.explanation
    );
    assert_eq!(tenant.unit_view(0).await.now.status, UnitStatus::Ok);
    world.settled().await;
}
