//! Many writers at one unit.

use freshtrack_contracts::ingest::ItemStatus;
use freshtrack_domain::alert::AlertStatus;
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::UnitStatus;
use freshtrack_tests::{Frame, Tenant, World, eventually, statuses};
use futures_util::future::join_all;

const WRITERS: u32 = 4;
const READINGS: u32 = 40;

/// Whether the writer got its reading into the system: stored, or on the way that leads there.
fn is_taken(status: ItemStatus) -> bool {
    matches!(status, ItemStatus::Accepted | ItemStatus::Queued)
}

/// Waits until the unit has `count` readings. What could not be stored at once is tried again after a while.
async fn recorded(world: &World, tenant: &Tenant, count: u32) -> Vec<freshtrack_domain::time::Timestamp> {
    let (unit, from) = (tenant.unit(0).id, world.now() - Span::hours(24));
    let until = world.now();
    eventually("all readings", async || {
        let readings = tenant.readings_between(unit, from, until).await;
        if readings.len() >= count as usize {
            return Some(readings.iter().map(|reading| reading.recorded_at.0).collect());
        }
        world.advance(Span::minutes(1));
        None
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_reading_of_many_writers_counts_once() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let first_at = world.now() - Span::hours(3);
    let frame = |count: u32| Frame::new(tenant.dev_eui(0), first_at + Span::minutes(count), count, 300);
    // Each writer has every fourth frame, so that at any time all are at the same place of the log.
    let writer = async |number: u32| {
        for n in 0..READINGS {
            let frame = frame(n * WRITERS + number);
            let report = if number == 0 {
                tenant.upload(&[frame.uploaded()]).await
            } else {
                tenant.things_stack(&frame.things_stack()).await
            };
            assert!(statuses(&report).into_iter().all(is_taken), "{report:?}");
        }
    };
    join_all((0..WRITERS).map(writer)).await;
    let total = WRITERS * READINGS;
    let expected: Vec<_> = (0..total).map(|count| frame(count).at).collect();
    assert_eq!(recorded(&world, &tenant, total).await, expected);
    let unit = tenant.unit_view(0).await.now;
    assert_eq!(unit.measured_at, Some(frame(total - 1).at.into()));
    assert_eq!(unit.status, UnitStatus::Ok);
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_that_see_the_same_excursion_open_one_alert() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let first_at = world.now() - Span::seconds(WRITERS * READINGS);
    let writer = async |number: u32| {
        for n in 0..READINGS {
            let count = n * WRITERS + number;
            let frame = Frame::new(tenant.dev_eui(0), first_at + Span::seconds(count), count, 900);
            let report = tenant.chirpstack("up", &frame.chirpstack()).await;
            assert!(statuses(&report).into_iter().all(is_taken), "{report:?}");
        }
    };
    join_all((0..WRITERS).map(writer)).await;
    recorded(&world, &tenant, WRITERS * READINGS).await;
    let open = tenant.alerts(AlertStatus::Open).await.items;
    assert_eq!(open.len(), 1);
    assert_eq!(tenant.alerts(AlertStatus::Resolved).await.items, []);
    let trail = eventually("the trail", async || {
        let trail = tenant.alert(open[0].id).await.trail;
        (!trail.is_empty()).then_some(trail)
    })
    .await;
    let opened = trail.iter().filter(|entry| entry.event == "alert.opened");
    assert_eq!(opened.count(), 1);
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_between_readings_loses_none_of_them() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let first_at = world.now() - Span::hours(3);
    let frame = |count: u32| Frame::new(tenant.dev_eui(0), first_at + Span::minutes(count), count, 300);
    let sending = async {
        for count in 0..READINGS {
            let report = tenant.things_stack(&frame(count).things_stack()).await;
            assert!(statuses(&report).into_iter().all(is_taken), "{report:?}");
        }
    };
    let importing = async {
        let mut tenant = tenant.clone();
        for round in 0..20 {
            tenant.unit_mut(0).high_c = Some(5.0 + f64::from(round % 2));
            tenant.import().await;
        }
    };
    tokio::join!(sending, importing);
    let expected: Vec<_> = (0..READINGS).map(|count| frame(count).at).collect();
    assert_eq!(recorded(&world, &tenant, READINGS).await, expected);
    assert_eq!(tenant.unit_view(0).await.now.high_c, 6.0);
}
