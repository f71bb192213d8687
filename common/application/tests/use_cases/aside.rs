//! Frames that were kept aside are taken in once they can be, and stay until then.

use crate::support::{COLD, Stage, minute};
use freshtrack_application::ports::QuarantinedUplink;
use freshtrack_application::{Failure, PageRequest, PortErrorKind, Uplink, list_quarantine, replay_frame};
use freshtrack_contracts::ingest::ItemStatus::{self, Accepted, Duplicate, Quarantined, Queued, Rejected};
use freshtrack_contracts::ingest::QuarantineReason;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::device::{DevEui, Sensor};
use freshtrack_testkit::{fresh_id, lht65n_uplink};

const FORGOTTEN: DevEui = DevEui(0xA840_4100_0018_1061);

impl Stage {
    /// Frames of a sensor that nobody registered are received and kept aside.
    async fn with_frames(counts: &[u32]) -> (Self, Vec<QuarantinedUplink>) {
        let stage = Self::new(1);
        let uplinks: Vec<Uplink> = counts
            .iter()
            .map(|count| lht65n_uplink(FORGOTTEN, minute(count * 10), *count, 350))
            .collect();
        stage
            .world
            .receive()
            .receive(stage.scope(), uplinks)
            .await
            .unwrap();
        let frames = stage.frames().await;
        (stage, frames)
    }

    async fn register(&self) {
        self.register_for(self.unit(0)).await;
    }

    async fn register_for(&self, unit_id: freshtrack_domain::ids::UnitId) {
        let sensor = Sensor {
            id: fresh_id(),
            dev_eui: FORGOTTEN,
            unit_id: Some(unit_id),
            ..self.kitchen.sensors[0].clone()
        };
        self.world.register(&sensor).await.unwrap();
    }

    async fn replay(&self, frame: &QuarantinedUplink) -> Result<ItemStatus, Failure> {
        let report = replay_frame(&self.world.receive(), self.scope(), frame.id).await?;
        assert_eq!(report.results.len(), 1);
        Ok(report.results[0].status)
    }
}

#[tokio::test]
async fn frames_are_listed_with_all_that_is_needed_to_find_their_sensor() {
    let (stage, _) = Stage::with_frames(&[1, 2]).await;
    let listed = list_quarantine(&stage.world.memory, stage.scope(), &PageRequest::default())
        .await
        .unwrap()
        .items;
    assert_eq!(
        (listed[0].received_at.0, listed[1].received_at.0),
        (minute(20), minute(10))
    );
    let frame = &listed[0];
    assert_eq!(
        (
            frame.reason,
            frame.dev_eui.as_deref(),
            frame.f_port,
            frame.payload_hex.as_deref()
        ),
        (
            QuarantineReason::UnknownDevice,
            Some("A840410000181061"),
            Some(2),
            Some("CBF6086601C201015E7FFF")
        )
    );
    let other = Stage::new(1);
    assert_eq!(
        list_quarantine(&stage.world.memory, other.scope(), &PageRequest::default())
            .await
            .unwrap()
            .items,
        []
    );
}

#[tokio::test]
async fn a_frame_is_taken_in_once_its_sensor_is_registered() {
    let (stage, frames) = Stage::with_frames(&[1, 2]).await;
    assert_eq!(stage.replay(&frames[0]).await.unwrap(), Quarantined, "not yet");
    assert_eq!(stage.frames().await, frames);
    stage.register().await;
    // The newest first, as they are listed: the older one is history by then, and still in the log.
    for frame in &frames {
        assert_eq!(stage.replay(frame).await.unwrap(), Accepted);
    }
    assert_eq!(stage.frames().await, []);
    let instants: Vec<_> = stage
        .readings(0)
        .await
        .iter()
        .map(|reading| reading.recorded_at.0)
        .collect();
    assert_eq!(instants, [minute(10), minute(20)]);
}

#[tokio::test]
async fn a_frame_that_came_again_meanwhile_is_a_duplicate_and_leaves() {
    let (stage, frames) = Stage::with_frames(&[1]).await;
    stage.register().await;
    let again = vec![frames[0].uplink.clone()];
    stage.world.receive().receive(stage.scope(), again).await.unwrap();
    assert_eq!(stage.replay(&frames[0]).await.unwrap(), Duplicate);
    assert_eq!(
        (stage.frames().await.len(), stage.readings(0).await.len()),
        (0, 1)
    );
}

#[tokio::test]
async fn a_frame_that_is_not_recorded_stays() {
    let (stage, frames) = Stage::with_frames(&[1]).await;
    stage.register_for(fresh_id()).await;
    assert_eq!(
        stage.replay(&frames[0]).await.unwrap(),
        Rejected,
        "there is no such unit"
    );
    assert_eq!(stage.frames().await, frames);
}

#[tokio::test]
async fn a_frame_that_waits_in_the_retry_lane_is_safe_there() {
    let (stage, frames) = Stage::with_frames(&[1]).await;
    stage.register().await;
    stage
        .world
        .memory
        .faults
        .fail("unit_states.save", PortErrorKind::Throttled, 1);
    assert_eq!(stage.replay(&frames[0]).await.unwrap(), Queued);
    assert_eq!(stage.frames().await, []);
    stage.drain().await;
    assert_eq!(stage.readings(0).await.len(), 1);
}

#[tokio::test]
async fn trouble_on_the_way_keeps_the_frame_and_records_it_once() {
    let (stage, frames) = Stage::with_frames(&[1]).await;
    stage.register().await;
    for op in ["quarantine.find", "devices.by_eui", "quarantine.remove"] {
        let faults = match op {
            "devices.by_eui" => &stage.world.records.faults,
            _ => &stage.world.memory.faults,
        };
        faults.fail(op, PortErrorKind::Unavailable, 1);
        let failed = stage.replay(&frames[0]).await;
        assert!(matches!(failed, Err(Failure::Fault(error)) if error.op == op));
        assert_eq!(stage.frames().await, frames, "{op}");
    }
    assert_eq!(stage.replay(&frames[0]).await.unwrap(), Duplicate);
    assert_eq!(
        (stage.frames().await.len(), stage.readings(0).await.len()),
        (0, 1)
    );
}

#[tokio::test]
async fn there_is_no_frame_but_the_organizations_own() {
    let (stage, frames) = Stage::with_frames(&[1]).await;
    let (ours, theirs) = (stage.scope(), Stage::new(1));
    for (scope, id) in [(theirs.scope(), frames[0].id), (ours, fresh_id())] {
        let refused = replay_frame(&stage.world.receive(), scope, id).await;
        assert!(matches!(refused, Err(Failure::Refused(refusal)) if refusal.code == ProblemCode::NotFound));
    }
    assert_eq!(stage.frames().await, frames);
}

#[tokio::test]
async fn a_frame_from_before_the_log_was_sealed_goes_beside_it() {
    let (stage, frames) = Stage::with_frames(&[1]).await;
    stage.record(&stage.calm(0, 15, 80)).await;
    stage.register().await;
    assert_eq!(stage.replay(&frames[0]).await.unwrap(), Accepted);
    let readings = stage.readings(0).await;
    assert_eq!((readings.len(), readings[0].late), (81, true));
    assert_eq!(stage.record_of(0).await.state.last.unwrap().temperature.0, COLD);
}
