//! The fakes are ports like any other.

use freshtrack_application::ports::{BroadcastLane, Clock, Delivery, IdSource, Sockets, Tickets};
use freshtrack_application::{BroadcastChunk, PortErrorKind};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_testkit::{
    ManualClock, Memory, MemoryRecords, RecordedBroadcasts, RecordedSockets, SeededIds, contract, fresh_id,
};

#[tokio::test]
async fn the_memory_is_every_store_it_stands_for() {
    let memory = Memory::default();
    contract::unit_states(&memory).await;
    contract::alerts(&memory, &memory).await;
    contract::reading_log(&memory).await;
    contract::quarantine(&memory).await;
    contract::devices(&memory, &memory).await;
    contract::places(&memory, &memory).await;
    contract::access_keys(&memory, &memory).await;
    contract::connections(&memory).await;
    contract::tickets(&memory).await;
    contract::records(&MemoryRecords::default()).await;
    contract::claims(&MemoryRecords::default()).await;
}

#[tokio::test]
async fn a_fault_comes_when_and_as_often_as_it_was_ordered() {
    let memory = Memory::default();
    memory
        .faults
        .fail_after(1, "tickets.take", PortErrorKind::Throttled, 2);
    let mut kinds = Vec::new();
    for _ in 0..4 {
        kinds.push(memory.take("ticket").await.err().map(|error| error.kind));
    }
    assert_eq!(
        kinds,
        [
            None,
            Some(PortErrorKind::Throttled),
            Some(PortErrorKind::Throttled),
            None
        ]
    );
}

#[tokio::test]
async fn what_leaves_is_recorded() {
    let sockets = RecordedSockets::default();
    sockets.close("closed");
    assert_eq!(sockets.send("open", "hello").await.unwrap(), Delivery::Sent);
    assert_eq!(sockets.send("closed", "hello").await.unwrap(), Delivery::Gone);
    assert_eq!(sockets.sent.take(), [("open".to_owned(), "hello".to_owned())]);

    let lane = RecordedBroadcasts::default();
    let chunk = BroadcastChunk {
        org_id: fresh_id(),
        connections: Vec::new(),
        messages: Vec::new(),
    };
    lane.hand_over(&chunk).await.unwrap();
    assert_eq!(lane.take(), [chunk]);
    assert_eq!(lane.take(), []);
}

#[test]
fn time_stands_still_and_chance_repeats_itself() {
    let clock = ManualClock::at(Timestamp::from_seconds(100));
    clock.advance(Span::minutes(1));
    assert_eq!(clock.now(), Timestamp::from_seconds(160));
    let draw = |seed| {
        let ids = SeededIds::new(seed);
        [ids.random(), ids.random()]
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
    assert_ne!(draw(1)[0], draw(1)[1]);
}
