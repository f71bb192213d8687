//! What came of a device before it was registered becomes readings once it is.

use crate::support::{Depot, EUI, code};
use freshtrack_application::devices::follow_device_change;
use freshtrack_application::ports::{Quarantine, QuarantinedUplink};
use freshtrack_contracts::ingest::{ItemStatus, QuarantineReason};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_testkit::{fresh_id, killed_after};

impl Depot {
    async fn kept(&self) -> Vec<QuarantinedUplink> {
        Quarantine::list(&self.world.memory, self.kitchen.scope(), None, 1_000)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_device_is_claimed_by_one_of_its_frames_and_all_of_them_are_taken_in() {
    let depot = Depot::new(1).await;
    for count in 1..=120 {
        assert_eq!(depot.frame(EUI, count, 350).await, ItemStatus::Quarantined);
    }
    let frame = depot.kept().await.remove(0);
    assert_eq!(frame.reason, QuarantineReason::UnknownDevice);
    assert_eq!(code(depot.claim(fresh_id()).await), ProblemCode::NotFound);
    let claimed = depot.claim(frame.id).await.unwrap();
    assert_eq!(claimed.dev_eui, EUI.to_string());
    depot.follow().await;
    assert_eq!(depot.readings(0).await.len(), 120);
    assert_eq!(depot.kept().await, []);
    assert_eq!(code(depot.claim(frame.id).await), ProblemCode::NotFound);
}

#[tokio::test]
async fn what_the_worker_did_before_it_died_is_not_done_twice() {
    let depot = Depot::new(1).await;
    for count in 1..=10 {
        depot.frame(EUI, count, 350).await;
    }
    let frame = depot.kept().await.remove(0);
    depot.claim(frame.id).await.unwrap();
    let events = depot.world.records.take_outbox();
    for calls in 0..80 {
        let (set_up, lookup) = (depot.set_up(), depot.lookup());
        let receive = depot.receive(&lookup);
        let worker = async {
            for event in &events {
                follow_device_change(&set_up, &receive, event).await.unwrap();
            }
        };
        killed_after(calls, worker);
    }
    assert_eq!(depot.readings(0).await.len(), 10);
    assert_eq!(depot.kept().await, []);
}

#[tokio::test]
async fn a_frame_that_cannot_be_read_stays_when_the_others_are_taken_in() {
    let depot = Depot::new(1).await;
    depot.frame(EUI, 1, 350).await;
    let frame = depot.kept().await.remove(0);
    let mut odd = frame.clone();
    odd.id = fresh_id();
    odd.uplink.payload = vec![1, 2, 3];
    odd.uplink.frame = None;
    depot
        .world
        .memory
        .keep(depot.kitchen.scope(), &odd)
        .await
        .unwrap();
    depot.claim(frame.id).await.unwrap();
    depot.follow().await;
    assert_eq!(depot.readings(0).await.len(), 1);
    let kept = depot.kept().await;
    assert!(
        kept.iter().all(|frame| frame.uplink.payload == [1, 2, 3]),
        "{kept:?}"
    );
    assert!(
        kept.iter()
            .any(|frame| frame.reason == QuarantineReason::Undecodable)
    );
}
