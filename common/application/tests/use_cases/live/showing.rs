//! What is recorded is shown to whoever watches.

use super::units_and_alerts;
use crate::support::{COLD, Stage, WARM, minute, shown};
use freshtrack_application::ports::{Clock, Connections};
use freshtrack_application::{CONNECTION_LIFE, PortErrorKind, broadcast, connect};
use freshtrack_contracts::ingest::ItemStatus::Accepted;
use freshtrack_contracts::live::{MAX_FRAME, ServerBody, ServerMessage, Topic};
use freshtrack_domain::alert::{AlertStatus, Severity};
use freshtrack_testkit::World;
use std::collections::BTreeSet;

#[tokio::test]
async fn each_screen_is_shown_what_it_subscribed_to() {
    let (stage, [here, there]) = Stage::with_two_sites();
    for (id, topic) in [
        ("everything", Topic::Org),
        ("here", Topic::Site(here)),
        ("there", Topic::Site(there)),
        ("unit", Topic::Unit(stage.unit(1))),
    ] {
        stage.watch(id, topic).await;
    }
    stage.open("nothing").await;
    let foreign = Stage::new(1);
    let until = stage.world.clock.now() + CONNECTION_LIFE;
    connect(
        &stage.world.memory,
        &foreign.world.records,
        &stage.world.clock,
        &foreign.viewer(),
        "foreign",
        until,
    )
    .await
    .unwrap();
    let batch = [
        stage.measured(0, minute(0), COLD),
        stage.measured(1, minute(0), WARM),
    ];
    stage.record(&batch).await;
    let sent = stage.world.sockets.sent.take();
    let to = |id: &str| {
        let bodies = sent
            .iter()
            .filter(|(socket, _)| socket == id)
            .map(|(_, text)| serde_json::from_str::<ServerMessage>(text).unwrap().body)
            .collect::<Vec<_>>();
        let (units, alerts) = units_and_alerts(&bodies);
        (units.into_iter().collect::<BTreeSet<_>>(), alerts)
    };
    let units = stage.kitchen.units();
    assert_eq!(to("everything"), (units.iter().copied().collect(), 1));
    assert_eq!(to("here"), ([units[0]].into(), 0));
    assert_eq!(to("there"), ([units[1]].into(), 1));
    assert_eq!(to("unit"), ([units[1]].into(), 1));
    assert_eq!(to("nothing"), (BTreeSet::new(), 0));
    assert_eq!(to("foreign"), (BTreeSet::new(), 0));
}

#[tokio::test]
async fn alerts_come_first_and_as_they_are_after_the_whole_batch() {
    let stage = Stage::new(1);
    stage.watch("screen", Topic::Org).await;
    let batch = [0, 11].map(|at| stage.measured(0, minute(at), WARM));
    stage.record(&batch).await;
    let shown = shown(&stage, "screen");
    let [
        ServerBody::AlertsChanged { alerts },
        ServerBody::UnitsChanged { units },
    ] = &shown[..]
    else {
        panic!("{shown:?}");
    };
    assert_eq!((alerts.len(), alerts[0].severity), (1, Severity::Critical));
    assert_eq!((units.len(), units[0].temperature_c), (1, Some(7.2)));
}

#[tokio::test]
async fn no_frame_is_larger_than_a_gateway_takes() {
    let stage = Stage::new(150);
    stage.watch("screen", Topic::Org).await;
    let batch: Vec<_> = (0..150)
        .map(|unit| stage.measured(unit, minute(0), WARM))
        .collect();
    assert_eq!(stage.record(&batch).await, [Accepted; 150]);
    let sent = stage.world.sockets.sent.take();
    assert!(sent.len() > 2, "more than fits into two frames");
    assert!(sent.iter().all(|(_, text)| text.len() <= MAX_FRAME));
    let bodies: Vec<ServerBody> = sent
        .iter()
        .map(|(_, text)| serde_json::from_str::<ServerMessage>(text).unwrap().body)
        .collect();
    let (units, alerts) = units_and_alerts(&bodies);
    assert_eq!(
        (units.into_iter().collect::<BTreeSet<_>>().len(), alerts),
        (150, 150)
    );
}

#[tokio::test]
async fn a_socket_that_closed_without_a_word_is_forgotten() {
    let stage = Stage::new(1);
    for id in ["open", "closed"] {
        stage.watch(id, Topic::Org).await;
    }
    stage.world.sockets.close("closed");
    stage.record(&[stage.measured(0, minute(0), COLD)]).await;
    assert_eq!(stage.units_and_alerts("open").0.len(), 1);
    let left = stage
        .world
        .memory
        .of_org(stage.kitchen.org_id, true)
        .await
        .unwrap();
    assert_eq!(
        left.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(),
        ["open"]
    );
}

#[tokio::test]
async fn a_message_that_is_not_taken_keeps_no_other_screen_waiting() {
    let stage = Stage::new(1);
    for id in ["one", "two", "three"] {
        stage.watch(id, Topic::Org).await;
    }
    let World { sockets, memory, .. } = &stage.world;
    sockets
        .sent
        .faults
        .fail("sockets.send", PortErrorKind::Throttled, 1);
    sockets.close("three");
    memory
        .faults
        .fail("connections.remove", PortErrorKind::Throttled, 1);
    stage.record(&[stage.measured(0, minute(0), COLD)]).await;
    assert_eq!(sockets.sent.take().len(), 1, "one was throttled, one is closed");
    let listed = memory.of_org(stage.kitchen.org_id, true).await.unwrap();
    assert_eq!(listed.len(), 3, "the closed one stays until it can be removed");
    stage.record(&[stage.measured(0, minute(5), COLD)]).await;
    assert_eq!(memory.of_org(stage.kitchen.org_id, true).await.unwrap().len(), 2);
}

#[tokio::test]
async fn very_many_screens_are_served_by_workers_in_portions() {
    let stage = Stage::new(1);
    let World {
        memory,
        sockets,
        broadcasts,
        ..
    } = &stage.world;
    for number in 0..201 {
        stage.watch(&format!("screen-{number:03}"), Topic::Org).await;
    }
    stage.record(&[stage.measured(0, minute(0), WARM)]).await;
    assert_eq!(sockets.sent.take(), [], "not by the invocation that records");
    let chunks = broadcasts.take();
    assert_eq!(
        chunks
            .iter()
            .map(|chunk| chunk.connections.len())
            .collect::<Vec<_>>(),
        [200, 1]
    );
    sockets.close("screen-007");
    for chunk in &chunks {
        assert_eq!(chunk.org_id, stage.kitchen.org_id);
        broadcast(memory, sockets, chunk).await;
    }
    let sent = sockets.sent.take();
    let served: BTreeSet<&str> = sent.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!((served.len(), sent.len()), (200, 400), "an alert and a unit each");
    assert_eq!(
        memory.of_org(stage.kitchen.org_id, true).await.unwrap().len(),
        200
    );
    // Two hundred are few enough again.
    stage.record(&[stage.measured(0, minute(5), WARM)]).await;
    assert_eq!((sockets.sent.take().len(), broadcasts.take().len()), (200, 0));
}

#[tokio::test]
async fn a_portion_is_never_larger_than_a_queue_takes() {
    /// What every queue takes in one message.
    const MESSAGE: usize = 256 * 1024;
    let stage = Stage::new(1_000);
    for number in 0..201 {
        stage.watch(&format!("screen-{number}"), Topic::Org).await;
    }
    let batch: Vec<_> = (0..1_000)
        .map(|unit| stage.measured(unit, minute(0), WARM))
        .collect();
    stage.record(&batch).await;
    let World {
        memory,
        sockets,
        broadcasts,
        ..
    } = &stage.world;
    for chunk in broadcasts.take() {
        let size = serde_json::to_string(&chunk).unwrap().len();
        assert!(size <= MESSAGE, "{size}");
        broadcast(memory, sockets, &chunk).await;
    }
    let sent = sockets.sent.take();
    for id in ["screen-0", "screen-200"] {
        let bodies: Vec<ServerBody> = sent
            .iter()
            .filter(|(socket, _)| socket == id)
            .map(|(_, text)| serde_json::from_str::<ServerMessage>(text).unwrap().body)
            .collect();
        let (units, alerts) = units_and_alerts(&bodies);
        assert_eq!((units.len(), alerts), (1_000, 1_000), "{id}");
    }
}

#[tokio::test]
async fn a_portion_that_nobody_takes_does_not_fail_recording() {
    let stage = Stage::new(1);
    for number in 0..201 {
        stage.watch(&format!("screen-{number}"), Topic::Org).await;
    }
    let lane = &stage.world.broadcasts;
    lane.faults
        .fail("broadcast_lane.hand_over", PortErrorKind::Unavailable, 1);
    assert_eq!(
        stage.record(&[stage.measured(0, minute(0), WARM)]).await,
        [Accepted]
    );
    assert_eq!(stage.alerts(AlertStatus::Open).await.len(), 1);
}
