//! The fakes are ports like any other.

use freshtrack_application::ports::{
    BroadcastLane, Clock, Connection, Connections, Delivery, IdSource, Sockets, TicketGrant, Tickets,
};
use freshtrack_application::{Actor, BroadcastChunk, PortErrorKind};
use freshtrack_domain::access::Sites;
use freshtrack_domain::ids::OrgId;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_testkit::{
    ManualClock, Memory, MemoryRecords, MemoryThrottle, MemoryVault, RecordedBroadcasts, RecordedSockets,
    SeededIds, Work, contract, fresh_id, interleaved, killed_after,
};

#[tokio::test]
async fn the_memory_is_every_store_it_stands_for() {
    let memory = Memory::default();
    contract::unit_states(&memory).await;
    contract::alerts(&memory, &memory).await;
    contract::alerts_of_records(&MemoryRecords::beside(&memory), &memory).await;
    contract::reading_log(&memory).await;
    contract::quarantine(&memory).await;
    let records = MemoryRecords::default();
    contract::devices(&records, &records).await;
    contract::connections(&memory).await;
    contract::tickets(&memory).await;
    contract::records(&MemoryRecords::default()).await;
    contract::listed(&MemoryRecords::default()).await;
    contract::claims(&MemoryRecords::default()).await;
    contract::throttle(&MemoryThrottle::default()).await;
    contract::vault(&MemoryVault::default()).await;
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
async fn an_answer_that_is_lost_leaves_its_change() {
    let memory = Memory::default();
    let grant = TicketGrant {
        org_id: fresh_id(),
        actor: Actor::new("key_1"),
        sites: Sites::All,
        credential_ends: None,
        expires_at: Timestamp::from_seconds(100),
    };
    memory
        .faults
        .lose_answer("tickets.put", PortErrorKind::Unavailable, 1);
    let lost = Tickets::put(&memory, "ticket", &grant).await.unwrap_err();
    assert_eq!(lost.kind, PortErrorKind::Unavailable);
    assert_eq!(memory.take("ticket").await.unwrap(), Some(grant));
}

#[test]
fn a_process_dies_between_its_calls_or_within_one() {
    let (memory, org_id) = (Memory::default(), fresh_id::<OrgId>());
    let connection = |id: &str| Connection {
        holders: Vec::new(),
        id: id.to_owned(),
        org_id,
        topics: Vec::new(),
        expires_at: Timestamp::from_seconds(100),
        rev: 1,
    };
    let stored = || {
        let all = killed_after(usize::MAX, memory.of_org(org_id, true)).unwrap();
        all.unwrap().len()
    };
    let (first, second) = (connection("1"), connection("2"));
    let both = async || {
        Connections::put(&memory, &first).await.unwrap();
        Connections::put(&memory, &second).await.unwrap();
    };
    for (calls, left) in [(0, 0), (1, 1), (2, 1), (3, 2)] {
        assert_eq!(killed_after(calls, both()), None);
        assert_eq!(stored(), left, "after {calls} calls");
        killed_after(usize::MAX, async {
            for connection in [&first, &second] {
                memory.remove(org_id, &connection.id).await.unwrap();
            }
        });
    }
    assert_eq!(killed_after(4, both()), Some(()));
    assert_eq!(stored(), 2);
}

#[test]
fn whose_turn_it_is_goes_first() {
    let sockets = RecordedSockets::default();
    let send = async |id: &str| {
        for message in ["1", "2"] {
            sockets.send(id, message).await.unwrap();
        }
        id.to_owned()
    };
    let order = |turns: &[usize]| {
        let work: Vec<Work<'_, String>> = vec![Box::pin(send("a")), Box::pin(send("b"))];
        assert_eq!(interleaved(work, turns.iter().copied()), ["a", "b"]);
        let sent: Vec<String> = sockets
            .sent
            .take()
            .into_iter()
            .map(|(id, message)| id + &message)
            .collect();
        sent.join(" ")
    };
    assert_eq!(order(&[0, 0, 0]), "a1 a2 b1 b2");
    assert_eq!(order(&[1, 1, 0, 0, 0]), "b1 a1 a2 b2");
    assert_eq!(order(&[]), "a1 b1 a2 b2");
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
