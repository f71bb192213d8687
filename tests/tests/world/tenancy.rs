//! What one organization may see and do to another: nothing. Endpoint by endpoint that is tested in `tests/endpoints`;
//! here is what does not come in by an endpoint that names it.

use freshtrack_contracts::ingest::{ItemStatus, QuarantineReason};
use freshtrack_domain::alert::AlertStatus;
use freshtrack_testkit::fresh_id;
use freshtrack_tests::{Frame, Tenant, World, eventually, statuses};
use serde_json::json;

/// An organization in which there is something to be seen of every kind.
struct Furnished {
    tenant: Tenant,
}

impl Furnished {
    async fn new(world: &World) -> Self {
        let tenant = world.tenant(1).await;
        let warm = Frame::first(tenant.dev_eui(0), world.now(), 900);
        tenant.things_stack(&warm.things_stack()).await;
        let unknown = Frame::first("70B3D57ED0000001", world.now(), 300);
        tenant.things_stack(&unknown.things_stack()).await;
        Self { tenant }
    }

    /// Everything there is to be seen.
    async fn everything(&self) -> String {
        let tenant = &self.tenant;
        let mut overview = tenant.overview().await;
        overview.as_of = freshtrack_domain::time::Timestamp::from_millis(0).into();
        let seen = (
            overview,
            tenant.readings(0).await,
            tenant.alerts(AlertStatus::Open).await,
            tenant.alerts(AlertStatus::Resolved).await,
            tenant.quarantine().await,
        );
        format!("{seen:?}")
    }
}

#[tokio::test]
async fn readings_for_another_organizations_sensor_do_not_reach_it() {
    let world = World::start().await;
    let (ours, theirs) = (world.tenant(1).await, Furnished::new(&world).await);
    let before = theirs.everything().await;
    let mut screen = theirs.tenant.watching().await;
    let their_eui = theirs.tenant.dev_eui(0);
    let frame = |count| Frame::new(their_eui, world.now(), count, -2000);

    for report in [
        ours.things_stack(&frame(7).things_stack()).await,
        ours.chirpstack("up", &frame(8).chirpstack()).await,
    ] {
        assert_eq!(statuses(&report), [ItemStatus::Quarantined]);
        let reason = report.results[0].reason.as_ref().unwrap();
        assert!(reason.contains("No sensor of the organization"), "{reason}");
    }
    let mut by_id = frame(9).uploaded();
    by_id.as_object_mut().unwrap().remove("dev_eui");
    by_id["sensor_id"] = json!(theirs.tenant.unit(0).sensors[0].id);
    let mut with_their_name = frame(9).uploaded();
    with_their_name["org_id"] = json!(theirs.tenant.org_id());
    let report = ours.upload(&[frame(9).uploaded(), by_id, with_their_name]).await;
    assert_eq!(statuses(&report), [ItemStatus::Rejected; 3]);

    // In the message, every field that says whose it is says: theirs.
    let mut forged = frame(10).aws_iot();
    for (name, value) in [
        ("org_id", json!(theirs.tenant.org_id())),
        ("device_id", json!(their_eui)),
        ("dev_eui", json!(their_eui)),
        ("received_at_ms", json!(0)),
        ("message_base64", json!("e30=")),
    ] {
        forged[name] = value;
    }
    let mut device = world.device("ours").await;
    let topic = format!("freshtrack/{}/ours/up", ours.org_id());
    device.publish(&topic, forged.to_string()).await;
    let kept = eventually("the forged message in our own quarantine", async || {
        let frames = ours.quarantine().await.items;
        (frames.len() == 3).then_some(frames)
    })
    .await;
    assert!(
        kept.iter()
            .all(|frame| frame.reason == QuarantineReason::UnknownDevice)
    );
    for frame in &kept {
        let report = ours.replay(frame.id).await.ok();
        assert_eq!(statuses(&report), [ItemStatus::Quarantined]);
    }

    world.settled().await;
    assert_eq!(theirs.everything().await, before);
    assert_eq!(screen.so_far().await, []);
}

#[tokio::test]
async fn a_topic_that_names_no_organization_leads_nowhere() {
    let world = World::start().await;
    let theirs = Furnished::new(&world).await;
    let before = theirs.everything().await;
    let (org, eui) = (theirs.tenant.org_id(), theirs.tenant.dev_eui(0));
    let frame = Frame::new(eui, world.now(), 7, -2000).aws_iot().to_string();
    let mut device = world.device("device").await;
    for topic in [
        format!("freshtrack/{org}/{eui}/up/more"),
        format!("freshtrack/{org}/up"),
        format!("other/{org}/{eui}/up"),
        format!("freshtrack/{org}/{eui}/down"),
    ] {
        device.publish(&topic, &frame).await;
    }
    device
        .publish(
            &format!("freshtrack/{}/{eui}/up", org.to_string().to_lowercase()),
            &frame,
        )
        .await;
    // Of all of them only the last is for the system at all.
    let letter = world.dead_letter("AsyncDeadLetters").await;
    assert!(letter.contains("org_id"), "{letter}");
    world.settled().await;
    assert_eq!(theirs.everything().await, before);
}

/// The same document under another organization's identifier: its sensors and keys are the first one's.
#[tokio::test]
async fn an_import_takes_nothing_from_another_organization() {
    let world = World::start().await;
    let first = Furnished::new(&world).await;
    let before = first.everything().await;
    let mut copy = first.tenant.clone();
    copy.document.id = fresh_id();

    let problem = copy.try_import().await.unwrap_err();
    let message = problem["errorMessage"].as_str().unwrap();
    assert!(message.contains(first.tenant.dev_eui(0)), "{message}");
    copy.unit_mut(0).sensors.clear();
    copy.try_import().await.unwrap_err();

    assert_eq!(first.everything().await, before, "its keys still open it");
    let frame = Frame::new(
        first.tenant.dev_eui(0),
        world.now() + freshtrack_domain::time::Span::seconds(1),
        2,
        300,
    );
    let report = first.tenant.things_stack(&frame.things_stack()).await;
    assert_eq!(statuses(&report), [ItemStatus::Accepted]);
}
