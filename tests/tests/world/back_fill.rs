//! A gateway that was cut off for hours delivers what it has: what was missed is found late, and nothing that holds now jumps.

use crate::story::{measure, trail};
use freshtrack_contracts::alerts::AlertView;
use freshtrack_contracts::ingest::ItemStatus;
use freshtrack_contracts::readings::{LatestReadings, ReadingSeries, ReadingSummaries};
use freshtrack_domain::access::Right;
use freshtrack_domain::alert::{AlertKind, AlertStatus, Severity};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::UnitStatus;
use freshtrack_tests::{Answer, Frame, Tenant, World, eventually, statuses};
use http::{StatusCode, header};

async fn get(tenant: &Tenant, rest: &str) -> Answer {
    let path = tenant.path(&format!("units/{}/{rest}", tenant.unit(0).id));
    tenant.api.get(&path, tenant.key(Right::Read)).await
}

async fn excursions(tenant: &Tenant, status: AlertStatus) -> Vec<AlertView> {
    let mut alerts = tenant.alerts(status).await.items;
    alerts.retain(|alert| alert.kind == AlertKind::TempExcursion);
    alerts
}

/// Every five minutes of six hours from `start`, too warm from minute 180 to 215: as frames after the first.
fn kept(tenant: &Tenant, start: Timestamp) -> Vec<Frame> {
    (1..72)
        .map(|count| {
            let minute = count * 5;
            let centi = if (180..220).contains(&minute) { 900 } else { 300 };
            Frame::new(tenant.dev_eui(0), start + Span::minutes(minute), 1 + count, centi)
        })
        .collect()
}

/// Lets the time pass in which more could come, while the sensor reports as the frame number `count`, and everything be done
/// that is due then.
async fn pass(world: &World, tenant: &Tenant, count: u32) {
    world.advance(Span::minutes(3));
    measure(world, tenant, 0, count, 300).await;
    world.advance(Span::minutes(3));
    world.settled().await;
}

#[tokio::test]
async fn an_excursion_among_buffered_frames_is_found_late_once() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let start = world.now();
    measure(&world, &tenant, 0, 1, 300).await;
    world.advance(Span::hours(6));
    for count in 73..76 {
        measure(&world, &tenant, 0, count, 300).await;
        world.advance(Span::seconds(1));
    }
    world.settled().await;
    let summary = async || -> ReadingSummaries {
        let query = format!("readings/summary?from={start}&to={}", start + Span::hours(6));
        get(&tenant, &query).await.ok()
    };
    let before = (tenant.unit_view(0).await.now, summary().await);
    let frames = kept(&tenant, start);
    for frame in &frames {
        let report = tenant.things_stack(&frame.things_stack()).await;
        assert_eq!(statuses(&report), [ItemStatus::Accepted]);
    }
    pass(&world, &tenant, 76).await;

    let found = eventually("the alert that is found late", async || {
        excursions(&tenant, AlertStatus::Resolved).await.pop()
    })
    .await;
    let began = start + Span::minutes(180);
    assert_eq!(
        (
            found.severity,
            found.opened_at.0,
            found.resolved_at.map(|at| at.0)
        ),
        (Severity::Critical, began, Some(began + Span::minutes(40)))
    );
    assert!(
        found.found_at.is_some_and(|at| at.0 > start + Span::hours(6)),
        "{found:?}"
    );
    assert_eq!(excursions(&tenant, AlertStatus::Open).await, []);
    let told = trail(&tenant, found.id, 1).await;
    assert_eq!(told[0].event, "alert.found_late");
    let now = tenant.unit_view(0).await.now;
    assert_eq!((now.status, now.severity), (before.0.status, before.0.severity));
    assert_eq!((now.status, now.temperature_c), (UnitStatus::Ok, Some(3.0)));
    let corrected = summary().await;
    let (was, is) = (&before.1.sensors[0].windows[0], &corrected.sensors[0].windows[0]);
    assert_eq!((was.readings, was.max_c, was.above_minutes), (1, Some(3.0), 0));
    assert_eq!(
        (
            is.readings,
            is.max_c,
            is.above_minutes,
            is.most_above_minutes,
            is.back_filled
        ),
        (72, Some(9.0), 40, 40, 70)
    );
    assert_eq!(is.coverage_percent, 100.0);

    // The same once more, by the gateway and by the queue.
    for frame in &frames {
        let report = tenant.things_stack(&frame.things_stack()).await;
        assert_eq!(statuses(&report), [ItemStatus::Duplicate]);
    }
    pass(&world, &tenant, 77).await;
    assert_eq!(
        excursions(&tenant, AlertStatus::Resolved).await,
        std::slice::from_ref(&found)
    );
    assert_eq!(summary().await, corrected);
    assert_eq!(trail(&tenant, found.id, 1).await, told);
}

#[tokio::test]
async fn what_was_measured_is_shown_as_screens_and_spreadsheets_want_it() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let start = world.now();
    world.advance(Span::hours(6));
    let readings: Vec<_> = kept(&tenant, start).iter().map(Frame::uploaded).collect();
    tenant.upload(&readings).await;
    measure(&world, &tenant, 0, 73, 310).await;
    let heard = world.now();
    world.advance(Span::minutes(1));

    let latest: LatestReadings = get(&tenant, "readings/latest").await.ok();
    assert_eq!(latest.sensors.len(), 1);
    let newest = &latest.sensors[0];
    assert_eq!(
        (
            newest.reading.recorded_at.0,
            newest.received_at.0,
            newest.reading.temperature_c
        ),
        (heard, heard, Some(3.1))
    );

    let series: ReadingSeries = get(&tenant, "readings/series?points=6").await.ok();
    let trace = &series.sensors[0];
    assert!(trace.primary && trace.buckets.len() <= 6);
    let warmest = trace
        .buckets
        .iter()
        .map(|bucket| bucket.max_c)
        .fold(f64::MIN, f64::max);
    assert_eq!(warmest, 9.0);

    // A program follows the links until there is none, and has one table.
    let whole = get(&tenant, "readings/export").await;
    assert_eq!(whole.status, StatusCode::OK);
    assert_eq!(
        whole.headers[header::CONTENT_TYPE],
        "text/csv; charset=utf-8; header=present"
    );
    assert!(!whole.headers.contains_key(header::LINK));
    let whole = String::from_utf8(whole.body.to_vec()).unwrap();
    assert_eq!(whole.lines().count(), 73);
    let (mut table, mut query) = (String::new(), "limit=20".to_owned());
    loop {
        let page = get(&tenant, &format!("readings/export?{query}")).await;
        table.push_str(std::str::from_utf8(&page.body).unwrap());
        let Some(link) = page.headers.get(header::LINK) else {
            break;
        };
        let link = link.to_str().unwrap();
        query = link
            .strip_prefix("<?")
            .and_then(|link| link.strip_suffix(">; rel=\"next\""))
            .unwrap_or_else(|| panic!("{link}"))
            .to_owned();
    }
    assert_eq!(table, whole);
}
