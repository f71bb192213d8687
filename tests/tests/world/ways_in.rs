//! Four ways into the system, and one answer to a reading on each of them.

use freshtrack_contracts::ingest::ItemStatus;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_contracts::readings::ReadingView;
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::UnitStatus;
use freshtrack_tests::{Frame, Tenant, World, statuses};
use futures_util::future::join_all;
use serde_json::{Value as Json, json};

/// How a reading gets into the system.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    ThingsStack,
    ChirpStack,
    AwsIot,
    Upload,
}

const WAYS: [Way; 4] = [Way::ThingsStack, Way::ChirpStack, Way::AwsIot, Way::Upload];

impl Way {
    /// Sends `frame`; gives what became of it, unless this way does not tell its sender.
    async fn send(self, world: &World, tenant: &Tenant, frame: &Frame) -> Option<ItemStatus> {
        let report = match self {
            Self::ThingsStack => tenant.things_stack(&frame.things_stack()).await,
            Self::ChirpStack => tenant.chirpstack("up", &frame.chirpstack()).await,
            Self::Upload => tenant.upload(&[frame.uploaded()]).await,
            Self::AwsIot => {
                let topic = format!("freshtrack/{}/{}/up", tenant.org_id(), frame.dev_eui);
                let client_id = format!("{:032x}", rand::random::<u128>());
                let mut device = world.device(&client_id).await;
                device.publish(&topic, frame.aws_iot().to_string()).await;
                return None;
            }
        };
        assert_eq!(report.results.len(), 1);
        statuses(&report).first().copied()
    }
}

#[tokio::test]
async fn a_reading_is_shown_everywhere_at_once() {
    let world = World::start().await;
    let tenant = world.tenant(WAYS.len()).await;
    let mut screen = tenant.watching().await;
    for (index, way) in WAYS.into_iter().enumerate() {
        let centi = 300 + i16::try_from(index).unwrap() * 25;
        let frame = Frame::first(tenant.dev_eui(index), world.now(), centi);
        let status = way.send(&world, &tenant, &frame).await;
        assert_eq!(
            status.unwrap_or(ItemStatus::Accepted),
            ItemStatus::Accepted,
            "{way:?}"
        );

        let unit = tenant.unit(index);
        let celsius = f64::from(centi) / 100.0;
        let shown = screen
            .unit("the reading", unit.id, |unit| unit.temperature_c.is_some())
            .await;
        assert_eq!(shown.temperature_c, Some(celsius), "{way:?}");
        assert_eq!(shown.humidity_percent, Some(45.0), "{way:?}");
        assert_eq!(shown.status, UnitStatus::Ok, "{way:?}");
        assert_eq!(shown.measured_at, Some(world.now().into()), "{way:?}");
        let heard_at = if way == Way::Upload { None } else { Some(-97) };
        assert_eq!(shown.rssi_dbm, heard_at, "{way:?}");

        let view = tenant.unit_view(index).await;
        assert_eq!(
            view.now, shown,
            "the overview shows what the screen was told: {way:?}"
        );
        let expected = ReadingView {
            recorded_at: world.now().into(),
            sensor_id: unit.sensors[0].id,
            temperature_c: Some(celsius),
            raw_temperature_c: None,
            fault: None,
            humidity_percent: Some(45.0),
            raw_humidity_percent: None,
            door_open: None,
            late: false,
            back_filled: false,
            manual: false,
        };
        assert_eq!(tenant.readings(index).await, [expected], "{way:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reading_counts_once_however_often_it_is_sent() {
    let world = World::start().await;
    let tenant = world.tenant(WAYS.len()).await;
    let before = tenant.unit_view(0).await.now.rev;
    for (index, way) in WAYS.into_iter().enumerate() {
        let frame = |count: u32| {
            let at = world.now() + Span::seconds(count);
            Frame::new(tenant.dev_eui(index), at, count, 310)
        };
        for expected in [ItemStatus::Accepted, ItemStatus::Duplicate, ItemStatus::Duplicate] {
            let status = way.send(&world, &tenant, &frame(1)).await;
            assert_eq!(status.unwrap_or(expected), expected, "{way:?}");
        }
        let second = frame(2);
        let statuses = join_all((0..6).map(|_| way.send(&world, &tenant, &second))).await;
        if way != Way::AwsIot {
            let count = |wanted| statuses.iter().filter(|status| **status == Some(wanted)).count();
            assert_eq!(
                (count(ItemStatus::Accepted), count(ItemStatus::Duplicate)),
                (1, 5),
                "{way:?}: {statuses:?}"
            );
        }
        world.settled().await;
        // Yesterday's, sent anew because its network server lost the answer.
        way.send(&world, &tenant, &frame(1)).await;
        world.settled().await;

        let recorded: Vec<_> = tenant
            .readings_between(tenant.unit(index).id, world.now(), world.now() + Span::hours(1))
            .await
            .iter()
            .map(|reading| reading.recorded_at.0)
            .collect();
        assert_eq!(recorded, [frame(1).at, frame(2).at], "{way:?}");
        let view = tenant.unit_view(index).await;
        assert_eq!(
            view.now.rev,
            before + 2,
            "{way:?}: a repeated reading writes nothing"
        );
    }
}

#[tokio::test]
async fn the_same_frame_by_two_ways_counts_once() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let frame = Frame::first(tenant.dev_eui(0), world.now(), 310);
    assert_eq!(
        Way::ThingsStack.send(&world, &tenant, &frame).await,
        Some(ItemStatus::Accepted)
    );
    // Another server counts another session, so its time tells that it is the same.
    assert_eq!(
        Way::ChirpStack.send(&world, &tenant, &frame).await,
        Some(ItemStatus::Duplicate)
    );
    assert_eq!(
        Way::Upload.send(&world, &tenant, &frame).await,
        Some(ItemStatus::Duplicate)
    );
    assert_eq!(tenant.readings(0).await.len(), 1);
}

#[tokio::test]
async fn what_a_network_server_tells_besides_is_answered_and_ignored() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let before = tenant.unit_view(0).await;
    let device = json!({ "device_id": "probe", "dev_eui": tenant.dev_eui(0) });
    let told = |kind: &str, what: Json| json!({ "end_device_ids": device, "received_at": "2026-11-21T12:00:00Z", kind: what });
    for message in [
        told(
            "join_accept",
            json!({ "session_key_id": "AZq5", "received_at": "2026-11-21T12:00:00Z" }),
        ),
        told("downlink_ack", json!({ "f_port": 2, "f_cnt": 7 })),
        told("downlink_failed", json!({ "error": { "code": 5 } })),
        told(
            "location_solved",
            json!({ "location": { "latitude": 40.7, "longitude": -74.0 } }),
        ),
        told("service_data", json!({ "data": {} })),
        told("something_of_a_later_version", json!({})),
        // An uplink with network commands alone.
        told(
            "uplink_message",
            json!({ "f_cnt": 9, "received_at": "2026-11-21T12:00:00Z" }),
        ),
    ] {
        assert_eq!(tenant.things_stack(&message).await.results, [], "{message}");
    }
    let about = json!({ "time": "2026-11-21T12:00:00Z", "deviceInfo": { "devEui": tenant.dev_eui(0) } });
    for event in [
        "join",
        "status",
        "ack",
        "txack",
        "log",
        "location",
        "integration",
        "later",
    ] {
        assert_eq!(tenant.chirpstack(event, &about).await.results, [], "{event}");
    }
    assert_eq!(tenant.chirpstack("up", &about).await.results, []);
    assert_eq!(tenant.unit_view(0).await, before);
    assert_eq!(tenant.quarantine().await.items, []);
}

#[tokio::test]
async fn one_upload_may_tell_of_many_sensors_in_any_order() {
    let world = World::start().await;
    let tenant = world.tenant(3).await;
    let mut items = Vec::new();
    for minute in (0..40).rev() {
        for index in 0..3 {
            let mut item =
                Frame::first(tenant.dev_eui(index), world.now() - Span::minutes(minute), 300).uploaded();
            if minute % 2 == 0 {
                // By our own identifier instead.
                let item = item.as_object_mut().unwrap();
                item.remove("dev_eui");
                item.insert("sensor_id".to_owned(), json!(tenant.unit(index).sensors[0].id));
            }
            items.push(item);
        }
    }
    items.rotate_left(17);
    let report = tenant.upload(&items).await;
    assert_eq!(statuses(&report), vec![ItemStatus::Accepted; 120]);
    let indexes: Vec<usize> = report.results.iter().map(|result| result.index).collect();
    assert_eq!(indexes, (0..120).collect::<Vec<_>>());
    for index in 0..3 {
        let readings = tenant.readings(index).await;
        assert_eq!(readings.len(), 40);
        assert!(readings.is_sorted_by_key(|reading| reading.recorded_at));
    }
    let again = tenant.upload(&items).await;
    assert_eq!(statuses(&again), vec![ItemStatus::Duplicate; 120]);
}

#[tokio::test]
async fn a_thousand_readings_are_the_most_of_one_upload() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let items: Vec<Json> = (0..1_001)
        .map(|second| {
            let at = world.now() - Span::seconds(second);
            Frame::first(tenant.dev_eui(0), at, 300).uploaded()
        })
        .collect();
    for refused in [json!({ "readings": items }), json!({ "readings": [] })] {
        let answer = tenant.ingest("readings", refused).await;
        assert_eq!(answer.code(), ProblemCode::InvalidRequest);
    }
    assert_eq!(tenant.readings(0).await, []);
    let report = tenant.upload(&items[..1_000]).await;
    assert_eq!(statuses(&report), vec![ItemStatus::Accepted; 1_000]);
    assert_eq!(tenant.readings(0).await.len(), 1_000);
}
