//! Tickets, and the sockets that they open.

use super::units_and_alerts;
use crate::support::{COLD, Stage, minute, shown};
use freshtrack_application::ports::{Clock, Connections, Tickets};
use freshtrack_application::{
    CONNECTION_LIFE, Failure, PortErrorKind, TICKET_LIFE, disconnect, issue_ticket, redeem_ticket, reply,
};
use freshtrack_contracts::live::{ServerBody, ServerMessage, Topic};
use freshtrack_domain::time::Span;
use freshtrack_testkit::World;

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
