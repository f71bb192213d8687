//! Readings out of order, out of time and told twice.

use freshtrack_contracts::devices::SensorView;
use freshtrack_contracts::ingest::{ItemResult, ItemStatus};
use freshtrack_domain::access::Right;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::UnitStatus;
use freshtrack_tests::{Frame, Tenant, World, statuses};
use serde_json::json;
use std::collections::HashSet;

/// Every so-manyth, until each has had its turn: an order that is mixed thoroughly and always the same.
fn mixed(count: u32) -> impl Iterator<Item = u32> {
    // Coprime with any count that is not a multiple of it.
    const STRIDE: u32 = 7_919;
    (0..count).map(move |n| n * STRIDE % count)
}

async fn send(tenant: &Tenant, frame: &Frame) -> ItemResult {
    let report = tenant.things_stack(&frame.things_stack()).await;
    assert_eq!(report.results.len(), 1);
    report.results.into_iter().next().unwrap()
}

#[tokio::test]
async fn frames_in_any_order_are_all_recorded_and_the_newest_counts() {
    const FRAMES: u32 = 60;
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let first_at = world.now() - Span::minutes(FRAMES);
    let frame = |count: u32| {
        let centi = 200 + i16::try_from(count).unwrap();
        Frame::new(tenant.dev_eui(0), first_at + Span::minutes(count), count, centi)
    };
    for count in mixed(FRAMES) {
        assert_eq!(
            send(&tenant, &frame(count)).await.status,
            ItemStatus::Accepted,
            "{count}"
        );
    }
    for count in mixed(FRAMES) {
        assert_eq!(
            send(&tenant, &frame(count)).await.status,
            ItemStatus::Duplicate,
            "{count}"
        );
    }
    let recorded: Vec<_> = tenant
        .readings(0)
        .await
        .iter()
        .map(|reading| (reading.recorded_at.0, reading.temperature_c.unwrap()))
        .collect();
    let expected: Vec<_> = (0..FRAMES)
        .map(|count| (frame(count).at, f64::from(frame(count).centi) / 100.0))
        .collect();
    assert_eq!(recorded, expected);
    let unit = tenant.unit_view(0).await.now;
    assert_eq!(unit.temperature_c, Some(2.59));
    assert_eq!(unit.measured_at, Some(frame(FRAMES - 1).at.into()));
}

#[tokio::test]
async fn history_that_comes_after_its_page_was_sealed_is_kept_beside_it() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let at = |minute: u32| world.now() - Span::hours(23) + Span::minutes(minute);
    let item = |minute: u32| Frame::first(tenant.dev_eui(0), at(minute), 300).uploaded();
    // Every other minute of some hours, which seals several pages; then, mixed, the minutes between.
    let even: Vec<_> = (0..300).filter(|minute| minute % 2 == 0).map(item).collect();
    let odd: Vec<_> = mixed(300).filter(|minute| minute % 2 == 1).map(item).collect();
    assert_eq!(
        statuses(&tenant.upload(&even).await),
        vec![ItemStatus::Accepted; 150]
    );
    let now = tenant.unit_view(0).await.now;
    assert_eq!(
        statuses(&tenant.upload(&odd).await),
        vec![ItemStatus::Accepted; 150]
    );
    for again in [&odd, &even] {
        assert_eq!(
            statuses(&tenant.upload(again).await),
            vec![ItemStatus::Duplicate; 150]
        );
    }
    let readings = tenant.readings(0).await;
    let recorded: Vec<_> = readings.iter().map(|reading| reading.recorded_at.0).collect();
    assert_eq!(recorded, (0..300).map(at).collect::<Vec<_>>());
    assert!(readings.iter().any(|reading| reading.late));
    assert!(
        readings.iter().all(|reading| !reading.late
            || reading.recorded_at.0.as_seconds() / 60 % 2 == at(1).as_seconds() / 60 % 2)
    );
    let after = tenant.unit_view(0).await.now;
    assert_eq!(
        (after.measured_at, after.status),
        (Some(at(299).into()), now.status)
    );
}

#[tokio::test]
async fn what_is_late_moves_nothing_that_holds_now() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let mut screen = tenant.watching().await;
    let now = world.now();
    send(&tenant, &Frame::new(tenant.dev_eui(0), now, 50, 300)).await;
    // An excursion of this morning, told after it was over.
    for count in 0..20 {
        let at = now - Span::hours(3) + Span::minutes(5 * count);
        let result = send(&tenant, &Frame::new(tenant.dev_eui(0), at, count, 900)).await;
        assert_eq!(result.status, ItemStatus::Accepted);
    }
    let unit = tenant.unit_view(0).await.now;
    assert_eq!((unit.status, unit.temperature_c), (UnitStatus::Ok, Some(3.0)));
    assert_eq!(unit.measured_at, Some(now.into()));
    assert_eq!(tenant.readings(0).await.len(), 21);
    let told = screen.so_far().await;
    let alerts = told
        .iter()
        .any(|body| matches!(body, freshtrack_contracts::live::ServerBody::AlertsChanged { .. }));
    assert!(!alerts, "{told:?}");
}

#[tokio::test]
async fn a_time_that_cannot_be_is_refused_with_its_reason() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let now = world.now();
    let soonest = now + Span::minutes(5) + Span::seconds(1);
    let cases = [
        (soonest, Some("recorded_at is more than 5 minutes in the future")),
        (
            "9999-12-30T00:00:00Z".parse().unwrap(),
            Some("recorded_at is more than 5 minutes in the future"),
        ),
        (
            "2014-12-31T23:59:59Z".parse().unwrap(),
            Some("recorded_at is before 2015"),
        ),
        (
            "-000001-01-01T00:00:00Z".parse().unwrap(),
            Some("recorded_at is before 2015"),
        ),
        (now + Span::minutes(5), None),
        ("2015-01-01T00:00:00Z".parse().unwrap(), None),
        (now - Span::hours(40 * 24), None),
    ];
    for (count, (at, refused)) in (1..).zip(cases) {
        let frame = Frame::new(tenant.dev_eui(0), at, count, 300);
        let by_webhook = send(&tenant, &frame).await;
        let by_upload = tenant.upload(&[frame.uploaded()]).await.results[0].clone();
        assert_eq!(by_webhook.reason.as_deref(), refused, "{at}");
        match refused {
            Some(_) => {
                assert_eq!(by_webhook.status, ItemStatus::Rejected, "{at}");
                assert_eq!(by_upload, by_webhook, "{at}");
            }
            None => {
                assert_eq!(by_webhook.status, ItemStatus::Accepted, "{at}");
                assert_eq!(by_upload.status, ItemStatus::Duplicate, "{at}");
            }
        }
    }
    let unit = tenant.unit_view(0).await.now;
    assert_eq!(unit.measured_at, Some((now + Span::minutes(5)).into()));
    let month = |from: Timestamp| tenant.readings_between(tenant.unit(0).id, from, from + Span::hours(24));
    assert_eq!(month("2015-01-01T00:00:00Z".parse().unwrap()).await.len(), 1);
    assert_eq!(month(now - Span::hours(40 * 24)).await.len(), 1);
    assert_eq!(month(now).await.len(), 1);
}

#[tokio::test]
async fn a_counter_that_starts_anew_loses_no_frame() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let frame = |minute: u32, count: u32, session: &str| Frame {
        session: session.to_owned(),
        ..Frame::new(
            tenant.dev_eui(0),
            world.now() - Span::hours(2) + Span::minutes(minute),
            count,
            300,
        )
    };
    let (accepted, duplicate) = (ItemStatus::Accepted, ItemStatus::Duplicate);
    for (minute, count, session, expected) in [
        (0, 64_000, "AZq5", accepted),
        (5, 64_001, "AZq5", accepted),
        // The battery was changed: the same session, counted from the start.
        (10, 0, "AZq5", accepted),
        (15, 1, "AZq5", accepted),
        // Not acknowledged, so the device sends it again.
        (16, 1, "AZq5", duplicate),
        // Joined anew.
        (20, 0, "BbCd", accepted),
        (25, 1, "BbCd", accepted),
        (25, 1, "BbCd", duplicate),
        // A gateway was without a connection for a while, and delivers what it has.
        (15, 1, "AZq5", duplicate),
        (12, 70, "AZq5", accepted),
        // Counts on, with a gap.
        (30, 65_535, "BbCd", accepted),
        (35, 65_536, "BbCd", accepted),
        // A gateway delivers a frame from within the gap.
        (27, 3, "BbCd", accepted),
        (27, 3, "BbCd", duplicate),
    ] {
        let result = send(&tenant, &frame(minute, count, session)).await;
        assert_eq!(
            result.status, expected,
            "minute {minute}, frame {count} of {session}"
        );
    }
    assert_eq!(tenant.readings(0).await.len(), 10);
}

#[tokio::test]
async fn each_item_of_an_upload_is_answered_for_itself() {
    let world = World::start().await;
    let (tenant, stranger) = (world.tenant(2).await, world.tenant(1).await);
    let now = world.now();
    let good = |index: usize, minute: u32| {
        Frame::first(tenant.dev_eui(index), now - Span::minutes(minute), 300).uploaded()
    };
    let with = |field: &str, value: serde_json::Value| {
        let mut item = good(0, 7);
        item[field] = value;
        item
    };
    let (accepted, duplicate, rejected) = (ItemStatus::Accepted, ItemStatus::Duplicate, ItemStatus::Rejected);
    let items = [
        (good(0, 1), accepted),
        (json!("not a reading"), rejected),
        (json!({}), rejected),
        (with("temperature_c", json!("warm")), rejected),
        (with("temperature_c", json!(1e9)), rejected),
        (with("humidity_percent", json!(100.1)), rejected),
        (with("humidity_percent", json!(-1)), rejected),
        (with("battery_percent", json!(101)), rejected),
        (with("battery_percent", json!(2.5)), rejected),
        (with("recorded_at", json!("yesterday")), rejected),
        (with("recorded_at", json!(1_795_262_400)), rejected),
        (with("sensor_id", json!(tenant.unit(0).sensors[0].id)), rejected),
        (with("dev_eui", json!("A84041FFFF1C6E7")), rejected),
        (with("dev_eui", json!("0000000000000001")), rejected),
        (with("dev_eui", json!(stranger.dev_eui(0))), rejected),
        (with("org_id", json!(stranger.org_id())), rejected),
        (
            json!({ "dev_eui": tenant.dev_eui(0), "recorded_at": now.to_string() }),
            rejected,
        ),
        (good(0, 1), duplicate),
        (good(1, 2), accepted),
        (good(0, 2), accepted),
    ];
    let (items, expected): (Vec<_>, Vec<_>) = items.into_iter().unzip();
    let report = tenant.upload(&items).await;
    for ((index, result), expected) in report.results.iter().enumerate().zip(&expected) {
        assert_eq!(
            (result.index, result.status),
            (index, *expected),
            "{}: {result:?}",
            items[index]
        );
        assert_eq!(
            result.reason.as_ref().is_some_and(|reason| !reason.is_empty()),
            result.status == rejected,
            "{result:?}"
        );
    }
    assert_eq!(report.results.len(), items.len());
    assert_eq!(
        (tenant.readings(0).await.len(), tenant.readings(1).await.len()),
        (2, 1)
    );
    assert_eq!(stranger.readings(0).await, []);
}

#[tokio::test]
async fn any_span_shows_exactly_what_was_measured_in_it() {
    let world = World::start().await;
    let mut tenant = Tenant::new(world.api, 1);
    let second = tenant.add_sensor(0, "dragino-lht65n");
    tenant.import().await;
    let first = tenant.dev_eui(0).to_owned();
    let start = world.now() - Span::hours(20);
    // Two sensors at their own paces, which meet now and then, told in a mixed order: pages, what came after its page
    // was sealed, and what is on no page yet.
    let mut measured: Vec<(Timestamp, &str)> = (0..200)
        .map(|n| (start + Span::seconds(n * 90), first.as_str()))
        .chain((0..120).map(|n| (start + Span::seconds(n * 150), second.as_str())))
        .collect();
    let told: Vec<_> = mixed(320)
        .map(|n| {
            let (at, dev_eui) = measured[n as usize];
            Frame::first(dev_eui, at, 300).uploaded()
        })
        .collect();
    for part in told.chunks(50) {
        let report = tenant.upload(part).await;
        assert_eq!(statuses(&report), vec![ItemStatus::Accepted; part.len()]);
    }
    measured.sort_unstable();
    let unit = tenant.unit(0).id;
    let seconds = [0, 1, 89, 90, 91, 449, 450, 5_000, 9_000, 17_909, 17_910, 20_000];
    for from in seconds {
        for to in seconds.into_iter().filter(|to| *to >= from) {
            let (from, to) = (start + Span::seconds(from), start + Span::seconds(to));
            let shown: Vec<_> = tenant
                .readings_between(unit, from, to)
                .await
                .iter()
                .map(|reading| reading.recorded_at.0)
                .collect();
            let expected: Vec<_> = measured
                .iter()
                .map(|(at, _)| *at)
                .filter(|at| (from..=to).contains(at))
                .collect();
            assert_eq!(shown, expected, "{from} to {to}");
        }
    }
}

#[tokio::test]
async fn a_unit_outlives_any_number_of_sensors() {
    let world = World::start().await;
    let mut tenant = world.tenant(1).await;
    for replacement in 0..12 {
        let dev_eui = tenant.dev_eui(0).to_owned();
        let frame = Frame::first(&dev_eui, world.now(), 300);
        let report = tenant.things_stack(&frame.things_stack()).await;
        assert_eq!(
            statuses(&report),
            [ItemStatus::Accepted],
            "sensor {replacement}: {report:?}"
        );
        world.advance(Span::hours(25));
        let gone = tenant.path(&format!("sensors/{}/unassign", tenant.sensor(0)));
        let key = tenant.key(Right::ManageDevices);
        let taken: SensorView = tenant.api.post(&gone, key, "").await.ok();
        assert_eq!(taken.unit_id, None);
        tenant.unit_mut(0).sensors.clear();
        tenant.add_sensor(0, "dragino-lht65n");
        tenant.import().await;
    }
    let (unit, from) = (tenant.unit(0).id, world.now() - Span::hours(13 * 25));
    let readings = tenant.readings_between(unit, from, world.now()).await;
    let sensors: HashSet<_> = readings.iter().map(|reading| reading.sensor_id).collect();
    assert_eq!((readings.len(), sensors.len()), (12, 12));
}
