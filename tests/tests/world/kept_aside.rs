//! Frames that nothing can be done with yet: kept, shown, and taken in again once they can be.

use freshtrack_contracts::ingest::{ItemStatus, QuarantineReason};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::alert::{AlertKind, AlertStatus};
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::UnitStatus;
use freshtrack_tests::{Frame, Tenant, World, eventually, statuses};
use serde_json::{Value as Json, json};

#[tokio::test]
async fn a_frame_of_an_unknown_device_waits_until_the_device_is_registered() {
    let world = World::start().await;
    let mut tenant = Tenant::new(world.api, 1);
    let mut unit = tenant.document.sites[0].areas[0].units.remove(0);
    tenant.import().await;
    let dev_eui = unit.sensors[0].dev_eui.clone();
    let heard_at = world.now();
    let frame = Frame::first(&dev_eui, heard_at, 300);
    let quarantined = tenant.things_stack(&frame.things_stack()).await;
    assert_eq!(statuses(&quarantined), [ItemStatus::Quarantined]);
    assert!(quarantined.results[0].reason.as_ref().unwrap().contains(&dev_eui));

    // However often it is told, it is kept once.
    tenant.things_stack(&frame.things_stack()).await;
    let kept = tenant.quarantine().await.items;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].reason, QuarantineReason::UnknownDevice);
    assert_eq!(kept[0].dev_eui.as_deref(), Some(dev_eui.as_str()));
    assert_eq!(kept[0].received_at, heard_at.into());
    assert_eq!(kept[0].f_port, Some(2));
    assert_eq!(kept[0].payload_hex.as_deref(), Some("CBF6086601C201012C7FFF"));

    // Before the device is registered there is nothing to be done.
    let report = tenant.replay(kept[0].id).await.ok();
    assert_eq!(statuses(&report), [ItemStatus::Quarantined]);
    assert_eq!(tenant.quarantine().await.items, kept);

    world.advance(Span::hours(2));
    unit.name = "Found again".to_owned();
    tenant.document.sites[0].areas[0].units.push(unit);
    let mut screen = tenant.watching().await;
    tenant.import().await;
    // Now it is taken in by itself.
    let unit = tenant.unit(0).id;
    let measured = screen.unit("the reading", unit, |unit| unit.temperature_c.is_some());
    let shown = measured.await;
    assert_eq!(
        (shown.temperature_c, shown.measured_at),
        (Some(3.0), Some(heard_at.into()))
    );
    assert_eq!(tenant.readings(0).await.len(), 1);
    let taken_in = async || tenant.quarantine().await.items.is_empty().then_some(());
    eventually("the frame to be kept no longer", taken_in).await;

    assert_eq!(tenant.replay(kept[0].id).await.code(), ProblemCode::NotFound);
    // The network server sends it once more: it is known now, and so it is a duplicate.
    let again = tenant.things_stack(&frame.things_stack()).await;
    assert_eq!(statuses(&again), [ItemStatus::Duplicate]);
}

#[tokio::test]
async fn a_frame_that_cannot_be_decoded_is_kept_with_the_reason() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let mut message = Frame::first(tenant.dev_eui(0), world.now(), 300).things_stack();
    message["uplink_message"]["frm_payload"] = json!(freshtrack_tests::base64(&[0xCB, 0xF6, 0x08]));
    let report = tenant.things_stack(&message).await;
    assert_eq!(statuses(&report), [ItemStatus::Quarantined]);
    let kept = tenant.quarantine().await.items;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].reason, QuarantineReason::Undecodable);
    assert!(kept[0].detail.contains("dragino-lht65n"), "{}", kept[0].detail);
    assert_eq!(Some(&kept[0].detail), report.results[0].reason.as_ref());
    assert_eq!(kept[0].payload_hex.as_deref(), Some("CBF608"));
    let unit = tenant.unit_view(0).await.now;
    assert_eq!(
        (unit.status, unit.seen_at),
        (UnitStatus::Pending, None),
        "nothing was measured"
    );
    let alerts = tenant.alerts(AlertStatus::Open).await.items;
    assert_eq!(alerts.len(), 1);
    assert_eq!(
        alerts[0].kind,
        AlertKind::SensorFault,
        "nobody knows how warm it is"
    );
}

#[tokio::test]
async fn a_frame_of_a_model_without_a_decoder_is_taken_in_once_the_model_is_corrected() {
    let world = World::start().await;
    let mut tenant = Tenant::new(world.api, 1);
    tenant.unit_mut(0).sensors[0].model = "unheard-of-model".to_owned();
    tenant.import().await;
    let frame = Frame::first(tenant.dev_eui(0), world.now(), 300);
    let report = tenant.chirpstack("up", &frame.chirpstack()).await;
    assert_eq!(statuses(&report), [ItemStatus::Quarantined]);
    // Where the network server decodes, its word is taken.
    let mut decoded = Frame::new(tenant.dev_eui(0), world.now(), 2, 300).chirpstack();
    decoded["object"] = json!({ "temperature": 3.4 });
    decoded["time"] = json!((world.now() + Span::seconds(60)).to_string());
    let report = tenant.chirpstack("up", &decoded).await;
    assert_eq!(statuses(&report), [ItemStatus::Accepted]);

    let kept = tenant.quarantine().await.items;
    assert_eq!(kept[0].reason, QuarantineReason::Undecodable);
    assert!(kept[0].detail.contains("unheard-of-model"), "{}", kept[0].detail);
    tenant.unit_mut(0).sensors[0].model = "dragino-lht65n".to_owned();
    tenant.import().await;
    let report = tenant.replay(kept[0].id).await.ok();
    assert_eq!(statuses(&report), [ItemStatus::Accepted]);
    let celsius: Vec<_> = tenant
        .readings_between(tenant.unit(0).id, world.now(), world.now() + Span::hours(1))
        .await
        .iter()
        .map(|reading| reading.temperature_c.unwrap())
        .collect();
    assert_eq!(celsius, [3.0, 3.4]);
}

/// What a network server decoded is any JSON at all; the store's own kinds of numbers and its limit to how deep a value
/// may be nested are no reason to lose a frame.
#[tokio::test]
async fn whatever_was_decoded_is_kept() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let deep = (0..60).fold(json!(1), |value, _| json!({ "in": value }));
    let odd: [Json; 6] = [
        json!({ "temperature": 1e300 }),
        json!({ "temperature": 1e-300 }),
        json!({ "serial": 123_456_789_012_345_678_u64, "ratio": 0.1 }),
        json!({ "": "" }),
        json!({ "empty": {}, "none": null, "list": [], "text": "\u{0}" }),
        deep,
    ];
    for (count, decoded) in (1..).zip(&odd) {
        let mut message = Frame::new("70B3D57ED0000001", world.now(), count, 300).things_stack();
        message["uplink_message"]["decoded_payload"] = decoded.clone();
        let report = tenant.things_stack(&message).await;
        assert_eq!(statuses(&report), [ItemStatus::Quarantined], "{decoded}");
    }
    let kept = tenant.quarantine().await.items;
    assert_eq!(kept.len(), odd.len());
    for frame in kept {
        let report = tenant.replay(frame.id).await.ok();
        assert_eq!(statuses(&report), [ItemStatus::Quarantined]);
    }
}

#[tokio::test]
async fn the_newest_frames_are_listed_first() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let topic = format!("freshtrack/{}/gateway-7/up", tenant.org_id());
    let mut gateway = world.device("gateway-7").await;
    for count in 0..5 {
        world.advance(Span::seconds(30));
        let frame = Frame::new("70B3D57ED0000001", world.now(), count, 300);
        gateway.publish(&topic, frame.aws_iot().to_string()).await;
    }
    let kept = eventually("the frames", async || {
        let frames = tenant.quarantine().await.items;
        (frames.len() == 5).then_some(frames)
    })
    .await;
    assert!(kept.is_sorted_by(|newer, older| newer.received_at > older.received_at));
    world.settled().await;
}
