//! What a screen gets after a gap.

use super::{code_of, units_and_alerts};
use crate::support::{COLD, START, Stage, WARM, minute, shown};
use freshtrack_application::ports::Connections;
use freshtrack_application::{Failure, PortErrorKind, Resync, resync};
use freshtrack_contracts::live::{ServerBody, Topic};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::time::Span;
use freshtrack_testkit::World;

#[tokio::test]
async fn a_resync_brings_everything_subscribed_to_and_what_ended_since() {
    let (stage, [here, _]) = Stage::with_two_sites();
    // An excursion that ended before the gap, one that ended within it, and one elsewhere that goes on.
    for (at, centi) in [
        (0, WARM),
        (10, COLD),
        (20, COLD),
        (30, WARM),
        (40, COLD),
        (50, COLD),
    ] {
        stage.record(&[stage.measured(0, minute(at), centi)]).await;
    }
    stage.record(&[stage.measured(1, minute(35), WARM)]).await;
    stage.watch("everything", Topic::Org).await;
    stage.watch("here", Topic::Site(here)).await;
    let since = minute(35).as_millis();
    let all = stage.resync("everything", since).await;
    assert_eq!(all.last(), Some(&ServerBody::Resynced));
    let (mut units, alerts) = units_and_alerts(&all);
    units.sort_unstable();
    let mut both = stage.kitchen.units();
    both.sort_unstable();
    assert_eq!((units, alerts), (both, 2));
    let (units, alerts) = units_and_alerts(&stage.resync("here", since).await);
    assert_eq!((units, alerts), (vec![stage.unit(0)], 1));
    let (_, alerts) = units_and_alerts(&stage.resync("everything", 0).await);
    assert_eq!(alerts, 3, "since the beginning");
    // The clocks of two writers may differ by some seconds.
    let (_, alerts) = units_and_alerts(
        &stage
            .resync("here", (minute(40) + Span::seconds(9)).as_millis())
            .await,
    );
    assert_eq!(alerts, 1);
    let (_, alerts) = units_and_alerts(
        &stage
            .resync("here", (minute(40) + Span::seconds(11)).as_millis())
            .await,
    );
    assert_eq!(alerts, 0);
}

#[tokio::test]
async fn a_resync_brings_every_open_alert_however_many_there_are() {
    let stage = Stage::new(120);
    let batch: Vec<_> = (0..120)
        .map(|unit| stage.measured(unit, minute(0), WARM))
        .collect();
    stage.record(&batch).await;
    stage.watch("screen", Topic::Org).await;
    let (units, alerts) = units_and_alerts(&stage.resync("screen", START.as_millis()).await);
    assert_eq!((units.len(), alerts), (120, 120));
}

#[tokio::test]
async fn a_resync_stops_at_a_socket_that_is_gone() {
    let stage = Stage::new(1);
    stage.watch("screen", Topic::Org).await;
    stage.world.sockets.close("screen");
    assert_eq!(stage.resync("screen", 0).await, []);
    let found = stage
        .world
        .memory
        .find(stage.kitchen.org_id, "screen")
        .await
        .unwrap();
    assert_eq!(found, None);
}

#[tokio::test]
async fn a_resync_that_fails_is_asked_for_again() {
    let stage = Stage::new(1);
    stage.watch("screen", Topic::Org).await;
    let World {
        memory,
        records,
        sockets,
        clock,
        ..
    } = &stage.world;
    let ports = Resync {
        connections: memory,
        sockets,
        states: memory,
        alerts: memory,
        records,
        clock,
    };
    for op in [
        "connections.find",
        "unit_states.list",
        "alerts.list",
        "sockets.send",
    ] {
        memory.faults.fail(op, PortErrorKind::Throttled, 1);
        sockets.sent.faults.fail(op, PortErrorKind::Throttled, 1);
        let failed = resync(&ports, stage.scope(), "screen", 0).await;
        assert!(
            matches!(failed, Err(Failure::Fault(error)) if error.op == op),
            "{op}"
        );
        assert!(!shown(&stage, "screen").contains(&ServerBody::Resynced), "{op}");
        sockets.sent.faults.clear();
        memory.faults.clear();
    }
    let refused = resync(&ports, stage.scope(), "another", 0).await;
    assert_eq!(code_of(refused), ProblemCode::NotFound);
}
