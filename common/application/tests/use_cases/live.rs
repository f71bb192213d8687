//! Screens: who may watch, what they are shown, and what they get after a gap.

use crate::support::{COLD, START, Stage, WARM, done, minute, shown};
use freshtrack_application::ports::{Clock, Connections, Tickets};
use freshtrack_application::{
    CONNECTION_LIFE, Caller, Failure, Import, PortErrorKind, Resync, TICKET_LIFE, broadcast, connect,
    disconnect, import_organization, issue_ticket, redeem_ticket, reply, resync, subscribe, unsubscribe,
};
use freshtrack_contracts::ingest::ItemStatus::Accepted;
use freshtrack_contracts::live::{MAX_FRAME, ServerBody, ServerMessage, Topic};
use freshtrack_contracts::organization::{AreaDocument, OrganizationDocument, SiteDocument};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Sites;
use freshtrack_domain::alert::{AlertStatus, Severity};
use freshtrack_domain::ids::{SiteId, UnitId};
use freshtrack_domain::time::Span;
use freshtrack_testkit::{Work, World, fresh_id, interleaved};
use std::collections::BTreeSet;

impl Stage {
    /// Two units, each in a site of its own.
    fn with_two_sites() -> (Self, [SiteId; 2]) {
        let stage = Self::new(2);
        let other: SiteId = fresh_id();
        let mut document = stage.kitchen.document();
        let moved = document.sites[0].areas[0].units.pop().unwrap();
        document.sites.push(SiteDocument {
            id: other,
            name: "Pier 5".to_owned(),
            time_zone: "America/New_York".to_owned(),
            areas: vec![AreaDocument {
                id: fresh_id(),
                name: "Bar".to_owned(),
                units: vec![moved],
            }],
        });
        let here = stage.kitchen.site_id;
        stage.import(document);
        (stage, [here, other])
    }

    fn import(&self, document: OrganizationDocument) {
        let World { memory, clock, .. } = &self.world;
        let import = Import {
            records: &self.world.records,
            states: memory,
            clock,
        };
        done(import_organization(&import, document)).unwrap();
    }

    /// Somebody who sees some sites only.
    fn viewer_of(&self, sites: &[SiteId]) -> Caller {
        Caller {
            sites: Sites::Only(sites.iter().copied().collect()),
            ..self.viewer()
        }
    }

    async fn subscribe(&self, caller: &Caller, id: &str, topics: Vec<Topic>) -> Result<Vec<Topic>, Failure> {
        let World { memory, records, .. } = &self.world;
        match subscribe(memory, records, caller, id, topics).await? {
            ServerBody::Subscribed { topics } => Ok(topics),
            other => panic!("{other:?}"),
        }
    }

    async fn unsubscribe(&self, id: &str, topics: &[Topic]) -> Vec<Topic> {
        match unsubscribe(&self.world.memory, self.scope(), id, topics)
            .await
            .unwrap()
        {
            ServerBody::Subscribed { topics } => topics,
            other => panic!("{other:?}"),
        }
    }

    async fn resync(&self, id: &str, since: i64) -> Vec<ServerBody> {
        let World {
            memory,
            sockets,
            clock,
            ..
        } = &self.world;
        let ports = Resync {
            connections: memory,
            sockets,
            states: memory,
            alerts: memory,
            clock,
        };
        resync(&ports, self.scope(), id, since).await.unwrap();
        shown(self, id)
    }

    /// The units that `id` was shown, and the alerts.
    fn units_and_alerts(&self, id: &str) -> (Vec<UnitId>, usize) {
        units_and_alerts(&shown(self, id))
    }
}

fn units_and_alerts(shown: &[ServerBody]) -> (Vec<UnitId>, usize) {
    let (mut ids, mut count) = (Vec::new(), 0);
    for body in shown {
        match body {
            ServerBody::UnitsChanged { units } => ids.extend(units.iter().map(|unit| unit.unit_id)),
            ServerBody::AlertsChanged { alerts } => count += alerts.len(),
            _ => {}
        }
    }
    (ids, count)
}

fn code_of<T: std::fmt::Debug>(result: Result<T, Failure>) -> ProblemCode {
    match result {
        Err(Failure::Refused(refusal)) => refusal.code,
        other => panic!("expected a refusal, not {other:?}"),
    }
}

#[tokio::test]
async fn a_ticket_opens_one_socket_within_its_time() {
    let stage = Stage::new(1);
    let World {
        memory, ids, clock, ..
    } = &stage.world;
    let issue = async || {
        let (viewer, url) = (stage.viewer(), "wss://live.example/v1");
        let ticket = issue_ticket(memory, ids, clock, &viewer, None, url)
            .await
            .unwrap();
        assert_eq!(ticket.expires_at.0, clock.now() + TICKET_LIFE);
        let secret = ticket.url.strip_prefix("wss://live.example/v1?ticket=").unwrap();
        assert_eq!(secret.len(), 64, "256 bits in hexadecimal");
        secret.to_owned()
    };
    let (first, second, third) = (issue().await, issue().await, issue().await);
    assert_ne!(first, second);
    assert_eq!(redeem_ticket(memory, clock, "no ticket").await.unwrap(), None);
    let grant = redeem_ticket(memory, clock, &first).await.unwrap().unwrap();
    let viewer = stage.viewer();
    assert_eq!(
        (grant.org_id, grant.actor, grant.sites),
        (stage.kitchen.org_id, viewer.actor, viewer.sites)
    );
    assert_eq!(redeem_ticket(memory, clock, &first).await.unwrap(), None, "once");

    clock.advance(TICKET_LIFE);
    assert_eq!(
        redeem_ticket(memory, clock, &second).await.unwrap(),
        None,
        "too late"
    );
    // Whoever lost the answer does not know whether the ticket is used up; it is.
    memory
        .faults
        .lose_answer("tickets.take", PortErrorKind::Unavailable, 1);
    redeem_ticket(memory, clock, &third).await.unwrap_err();
    assert_eq!(redeem_ticket(memory, clock, &third).await.unwrap(), None);
    memory.faults.fail("tickets.put", PortErrorKind::Throttled, 1);
    let failed = issue_ticket(memory, ids, clock, &stage.viewer(), None, "wss://live.example/v1").await;
    assert!(
        matches!(failed, Err(Failure::Fault(_))),
        "no ticket that is good for nothing"
    );
}

#[tokio::test]
async fn a_ticket_carries_the_sites_of_whoever_asked_for_it_and_when_their_credential_ends() {
    let stage = Stage::new(1);
    let World {
        memory, ids, clock, ..
    } = &stage.world;
    let restricted = stage.viewer_of(&[stage.kitchen.site_id]);
    let ends = Some(clock.now() + Span::minutes(7));
    let ticket = issue_ticket(memory, ids, clock, &restricted, ends, "wss://live.example")
        .await
        .unwrap();
    let (_, secret) = ticket.url.split_once('=').unwrap();
    let grant = Tickets::take(memory, secret).await.unwrap().unwrap();
    assert_eq!((grant.sites, grant.credential_ends), (restricted.sites, ends));
}

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

#[tokio::test]
async fn subscriptions_add_up_and_are_dropped_one_by_one() {
    let (stage, [here, there]) = Stage::with_two_sites();
    let viewer = stage.viewer();
    stage.open("screen").await;
    let (here, there) = (Topic::Site(here), Topic::Site(there));
    let unit = Topic::Unit(stage.unit(0));
    let held = stage
        .subscribe(&viewer, "screen", vec![here.clone(), unit.clone()])
        .await
        .unwrap();
    assert_eq!(held, [here.clone(), unit.clone()]);
    let held = stage
        .subscribe(&viewer, "screen", vec![unit.clone(), there.clone()])
        .await
        .unwrap();
    assert_eq!(held, [here.clone(), unit.clone(), there.clone()]);
    assert_eq!(
        stage.unsubscribe("screen", &[unit, Topic::Org]).await,
        [here, there]
    );
}

#[tokio::test]
async fn nobody_subscribes_to_what_is_not_theirs_to_see() {
    let (stage, [here, there]) = Stage::with_two_sites();
    let foreign = Stage::new(1);
    stage.open("screen").await;
    let everyone = stage.viewer();
    let restricted = stage.viewer_of(&[here]);
    for (caller, topic) in [
        (&everyone, Topic::Site(foreign.kitchen.site_id)),
        (&everyone, Topic::Unit(foreign.unit(0))),
        (&restricted, Topic::Site(there)),
        (&restricted, Topic::Unit(stage.unit(1))),
    ] {
        let refused = stage.subscribe(caller, "screen", vec![topic]).await;
        assert_eq!(code_of(refused), ProblemCode::NotFound);
    }
    let refused = stage.subscribe(&everyone, "another", vec![Topic::Org]).await;
    assert_eq!(code_of(refused), ProblemCode::NotFound, "there is no such socket");
    let refused = stage
        .subscribe(&foreign.viewer(), "screen", vec![Topic::Org])
        .await;
    assert_eq!(
        code_of(refused),
        ProblemCode::NotFound,
        "nor has another organization this one"
    );
    let all_they_see = stage
        .subscribe(&restricted, "screen", vec![Topic::Org])
        .await
        .unwrap();
    assert_eq!(all_they_see, [Topic::Site(here)]);
    let batch = [0, 1].map(|unit| stage.measured(unit, minute(0), WARM));
    stage.record(&batch).await;
    assert_eq!(stage.units_and_alerts("screen"), (vec![stage.unit(0)], 1));
}

#[tokio::test]
async fn a_socket_holds_fifty_topics() {
    let stage = Stage::new(51);
    stage.open("screen").await;
    let topics: Vec<Topic> = stage.kitchen.units().into_iter().map(Topic::Unit).collect();
    let refused = stage.subscribe(&stage.viewer(), "screen", topics.clone()).await;
    assert_eq!(code_of(refused), ProblemCode::InvalidRequest);
    let held = stage
        .subscribe(&stage.viewer(), "screen", topics[..50].to_vec())
        .await
        .unwrap();
    assert_eq!(held.len(), 50);
    let refused = stage
        .subscribe(&stage.viewer(), "screen", topics[50..].to_vec())
        .await;
    assert_eq!(code_of(refused), ProblemCode::InvalidRequest);
}

#[tokio::test]
async fn subscriptions_sent_at_once_all_count() {
    let stage = Stage::new(4);
    let viewer = stage.viewer();
    stage.open("screen").await;
    let work: Vec<Work<'_, _>> = stage
        .kitchen
        .units()
        .into_iter()
        .map(|unit| {
            Box::pin(stage.subscribe(&viewer, "screen", vec![Topic::Unit(unit)]))
                as Work<'_, Result<Vec<Topic>, Failure>>
        })
        .collect();
    for result in interleaved(work, []) {
        result.unwrap();
    }
    let stored = stage
        .world
        .memory
        .find(stage.kitchen.org_id, "screen")
        .await
        .unwrap();
    assert_eq!(stored.unwrap().topics.len(), 4);
}

#[tokio::test]
async fn opening_and_closing_may_be_repeated() {
    let stage = Stage::new(1);
    let World { memory, clock, .. } = &stage.world;
    memory
        .faults
        .lose_answer("connections.put", PortErrorKind::Unavailable, 1);
    stage.try_open("screen").await.unwrap_err();
    stage.open("screen").await;
    let stored = memory
        .find(stage.kitchen.org_id, "screen")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        stored.expires_at,
        clock.now() + Span::hours(2),
        "no socket lives longer"
    );
    for _ in 0..2 {
        disconnect(memory, stage.scope(), "screen").await.unwrap();
    }
    assert_eq!(memory.find(stage.kitchen.org_id, "screen").await.unwrap(), None);
}

#[tokio::test]
async fn nothing_is_shown_to_a_socket_whose_time_is_over() {
    let stage = Stage::new(1);
    stage.world.clock.set(minute(0));
    stage.watch("early", Topic::Org).await;
    stage.world.clock.advance(Span::minutes(30));
    stage.watch("late", Topic::Org).await;
    stage.world.clock.set(minute(0) + CONNECTION_LIFE);
    stage.record(&[stage.measured(0, minute(100), COLD)]).await;
    assert_eq!(units_and_alerts(&shown(&stage, "late")).0, [stage.unit(0)]);
    assert_eq!(stage.world.sockets.closed(), ["early"]);
    let listed = stage
        .world
        .memory
        .of_org(stage.kitchen.org_id, true)
        .await
        .unwrap();
    assert_eq!(listed.len(), 1);
    stage.record(&[stage.measured(0, minute(105), COLD)]).await;
    let sent = stage.world.sockets.sent.take();
    assert!(sent.iter().all(|(socket, _)| socket == "late"), "{sent:?}");
}

#[tokio::test]
async fn an_answer_goes_to_whoever_asked() {
    let stage = Stage::new(1);
    let World { sockets, clock, .. } = &stage.world;
    reply(sockets, clock, "screen", ServerBody::Pong).await.unwrap();
    let [(to, text)] = sockets.sent.take().try_into().unwrap();
    let message: ServerMessage = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (to.as_str(), message),
        ("screen", ServerMessage::new(clock.now(), ServerBody::Pong))
    );
}

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
        sockets,
        clock,
        ..
    } = &stage.world;
    let ports = Resync {
        connections: memory,
        sockets,
        states: memory,
        alerts: memory,
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
