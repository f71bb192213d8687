//! The live channel: who is let in, who hears of what, and that nobody holds up anybody else.

use freshtrack_contracts::live::{ServerBody, Topic};
use freshtrack_domain::time::Span;
use freshtrack_local::gateway::socket::Lifetimes;
use freshtrack_local::services::store::DataLocation;
use freshtrack_tests::{Frame, Setup, Socket, Tenant, World, patiently};
use futures_util::future::join_all;
use http::StatusCode;
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;

async fn measure(world: &World, tenant: &Tenant, index: usize, count: u32, centi: i16) {
    let at = world.now() + Span::seconds(count);
    let frame = Frame::new(tenant.dev_eui(index), at, count, centi);
    tenant.things_stack(&frame.things_stack()).await;
}

async fn refusal(socket: &mut Socket) -> String {
    socket
        .until("a refusal", |body| match body {
            ServerBody::Error { detail } => Some(detail.clone()),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn a_ticket_opens_one_socket() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let ticket = tenant.ticket().await;
    let _open = Socket::open(&ticket.url).await.unwrap();
    assert_eq!(
        Socket::open(&ticket.url).await.unwrap_err().status,
        StatusCode::FORBIDDEN
    );

    let ticket = tenant.ticket().await;
    let attempts = join_all((0..8).map(|_| Socket::open(&ticket.url))).await;
    assert_eq!(attempts.iter().filter(|attempt| attempt.is_ok()).count(), 1);
}

#[tokio::test]
async fn a_ticket_that_was_not_used_in_time_opens_nothing() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let (used, unused) = (tenant.ticket().await, tenant.ticket().await);
    assert_eq!(used.expires_at.0, world.now() + Span::seconds(30));
    world.advance(Span::seconds(29));
    Socket::open(&used.url).await.unwrap();
    world.advance(Span::seconds(1));
    assert_eq!(
        Socket::open(&unused.url).await.unwrap_err().status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn without_a_ticket_of_ours_no_socket_opens() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let url = tenant.ticket().await.url;
    let (address, ticket) = url.split_once("?ticket=").unwrap();
    let backwards: String = ticket.chars().rev().collect();
    for (query, status) in [
        (String::new(), StatusCode::UNAUTHORIZED),
        ("?ticket=".to_owned(), StatusCode::UNAUTHORIZED),
        (format!("?key={ticket}"), StatusCode::UNAUTHORIZED),
        (format!("?ticket={backwards}"), StatusCode::FORBIDDEN),
        (
            format!("?ticket={}", ticket.to_uppercase().replace('A', "B")),
            StatusCode::FORBIDDEN,
        ),
        (format!("?ticket={}", &ticket[1..]), StatusCode::FORBIDDEN),
        ("?ticket=%23".to_owned(), StatusCode::FORBIDDEN),
    ] {
        let refused = Socket::open(&format!("{address}{query}")).await.unwrap_err();
        assert_eq!(refused.status, status, "{query}");
        assert!(
            !refused.body.contains(&tenant.org_id().to_string()),
            "{}",
            refused.body
        );
    }
    Socket::open(&url).await.unwrap();
}

#[tokio::test]
async fn a_socket_hears_of_its_own_organization_alone() {
    let world = World::start().await;
    let (ours, theirs) = (world.tenant(2).await, world.tenant(1).await);
    let (mut our_screen, mut their_screen) = (ours.watching().await, theirs.watching().await);
    measure(&world, &ours, 0, 1, 900).await;
    our_screen.unit("our excursion", ours.unit(0).id, |_| true).await;
    assert_eq!(their_screen.so_far().await, []);

    let nothing_new = their_screen.subscribe(json!(["org"])).await;
    for foreign in [
        json!({ "unit": ours.unit(0).id }),
        json!({ "site": ours.document.sites[0].id }),
    ] {
        their_screen
            .say(json!({ "type": "subscribe", "topics": ["org", foreign] }))
            .await;
        let refused = refusal(&mut their_screen).await;
        assert!(!refused.contains(&ours.document.name), "{refused}");
        assert_eq!(their_screen.subscribe(json!(["org"])).await, nothing_new);
    }
    their_screen.say(json!({ "type": "resync", "since": 0 })).await;
    let mut shown = HashSet::new();
    their_screen
        .until("the end of the past", |body| match body {
            ServerBody::UnitsChanged { units } => {
                shown.extend(units.iter().map(|unit| unit.unit_id));
                None
            }
            ServerBody::AlertsChanged { alerts } => panic!("not theirs: {alerts:?}"),
            body => (*body == ServerBody::Resynced).then_some(()),
        })
        .await;
    assert_eq!(shown, HashSet::from([theirs.unit(0).id]));
}

#[tokio::test]
async fn a_socket_hears_of_what_it_subscribed_to() {
    let world = World::start().await;
    let tenant = world.tenant(3).await;
    let mut screen = tenant.socket().await;
    measure(&world, &tenant, 0, 1, 300).await;
    assert_eq!(screen.so_far().await, [], "nothing was asked for");

    let (first, second) = (tenant.unit(0).id, tenant.unit(1).id);
    let topics = screen
        .subscribe(json!([{ "unit": first }, { "unit": second }]))
        .await;
    assert_eq!(topics, [Topic::Unit(first), Topic::Unit(second)]);
    for index in 0..3 {
        measure(&world, &tenant, index, 2, 310).await;
    }
    let units = |bodies: &[ServerBody]| -> Vec<_> {
        let snapshots = bodies.iter().flat_map(|body| match body {
            ServerBody::UnitsChanged { units } => units.clone(),
            other => panic!("only units have changed: {other:?}"),
        });
        snapshots.map(|unit| unit.unit_id).collect()
    };
    assert_eq!(units(&screen.so_far().await), [first, second]);

    screen
        .say(json!({ "type": "unsubscribe", "topics": [{ "unit": first }] }))
        .await;
    let left = screen
        .until("what is left", |body| match body {
            ServerBody::Subscribed { topics } => Some(topics.clone()),
            _ => None,
        })
        .await;
    assert_eq!(left, [Topic::Unit(second)]);
    for index in 0..3 {
        measure(&world, &tenant, index, 3, 320).await;
    }
    assert_eq!(units(&screen.so_far().await), [second]);
    let site = json!({ "site": tenant.document.sites[0].id });
    screen.subscribe(json!([site])).await;
    for index in 0..3 {
        measure(&world, &tenant, index, 4, 330).await;
    }
    let all = units(&screen.so_far().await);
    assert_eq!(
        all,
        [first, second, tenant.unit(2).id],
        "each once, by however many topics"
    );
}

#[tokio::test]
async fn subscriptions_sent_side_by_side_all_count() {
    let world = World::start().await;
    let tenant = world.tenant(6).await;
    let mut screen = tenant.socket().await;
    for index in 0..6 {
        let topic = json!({ "unit": tenant.unit(index).id });
        screen
            .say(json!({ "type": "subscribe", "topics": [topic] }))
            .await;
    }
    for _ in 0..6 {
        screen
            .until("an answer to each", |body| match body {
                ServerBody::Subscribed { .. } => Some(()),
                other => panic!("refused: {other:?}"),
            })
            .await;
    }
    let topics = screen.subscribe(json!([])).await;
    let expected: HashSet<_> = (0..6).map(|index| Topic::Unit(tenant.unit(index).id)).collect();
    assert_eq!(topics.into_iter().collect::<HashSet<_>>(), expected);
}

#[tokio::test]
async fn a_message_that_is_not_understood_is_answered_and_ends_nothing() {
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let mut screen = tenant.watching().await;
    let many: Vec<_> = (0..60).map(|_| json!({ "unit": tenant.unit(0).id })).collect();
    let unit = tenant.unit(0).id.to_string();
    for message in [
        "hello".to_owned(),
        "{".to_owned(),
        String::new(),
        json!({ "type": "dance" }).to_string(),
        json!({ "type": "$connect" }).to_string(),
        json!({ "type": "$disconnect" }).to_string(),
        json!({ "type": "subscribe" }).to_string(),
        json!({ "type": "subscribe", "topics": "org" }).to_string(),
        json!({ "type": "subscribe", "topics": ["everything"] }).to_string(),
        json!({ "type": "subscribe", "topics": [{ "unit": "x" }] }).to_string(),
        json!({ "type": "subscribe", "topics": [{ "unit": unit.to_lowercase() }] }).to_string(),
        json!({ "type": "subscribe", "topics": ["org"], "org_id": "x" }).to_string(),
        json!({ "type": "resync", "since": "yesterday" }).to_string(),
        json!({ "type": "resync" }).to_string(),
    ] {
        screen.say(&message).await;
        assert!(!refusal(&mut screen).await.is_empty(), "{message}");
    }
    // The same topic sixty times is one topic.
    assert_eq!(screen.subscribe(json!(many)).await.len(), 2);
    for since in [i64::MIN, -1, i64::MAX] {
        screen.say(json!({ "type": "resync", "since": since })).await;
        screen
            .until("the end of the past", |body| {
                (*body == ServerBody::Resynced).then_some(())
            })
            .await;
    }
    measure(&world, &tenant, 0, 1, 300).await;
    screen
        .unit("the reading", tenant.unit(0).id, |unit| {
            unit.temperature_c.is_some()
        })
        .await;
    world.settled().await;
}

#[tokio::test]
async fn a_socket_may_hold_fifty_topics() {
    let world = World::start().await;
    let tenant = world.tenant(51).await;
    let mut screen = tenant.socket().await;
    let topics: Vec<_> = (0..51)
        .map(|index| json!({ "unit": tenant.unit(index).id }))
        .collect();
    screen.say(json!({ "type": "subscribe", "topics": topics })).await;
    assert!(refusal(&mut screen).await.contains("50"));
    assert_eq!(screen.subscribe(json!(topics[..50])).await.len(), 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_and_fifty_screens_are_all_shown_a_reading() {
    const SCREENS: usize = 250;
    let world = World::start().await;
    let tenant = world.tenant(1).await;
    let mut screens = join_all((0..SCREENS).map(|_| tenant.watching())).await;
    assert_eq!(world.host.connections().len(), SCREENS);
    for (count, centi) in [(1, 300), (2, 900)] {
        measure(&world, &tenant, 0, count, centi).await;
        let celsius = Some(f64::from(centi) / 100.0);
        let unit = tenant.unit(0).id;
        join_all(
            screens
                .iter_mut()
                .map(|screen| screen.unit("the reading", unit, |unit| unit.temperature_c == celsius)),
        )
        .await;
    }
    world.settled().await;
    let close = screens.into_iter().map(Socket::close);
    patiently("all screens to close", join_all(close)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_screen_that_does_not_read_holds_up_nobody() {
    const UNITS: usize = 55;
    let world = World::start().await;
    let tenant = world.tenant(UNITS).await;
    let mut asleep = tenant.watching().await;
    let mut awake = tenant.watching().await;
    // Far more than the connection's buffers hold: each answer is close to 32 KB.
    for _ in 0..400 {
        asleep.say(json!({ "type": "resync", "since": 0 })).await;
    }
    for count in 1..=20 {
        measure(&world, &tenant, 0, count, 300).await;
        awake
            .unit("each reading, at once", tenant.unit(0).id, |unit| {
                unit.measured_at == Some((world.now() + Span::seconds(count)).into())
            })
            .await;
    }
    drop(asleep);
}

#[tokio::test]
async fn sockets_that_died_with_their_gateway_hold_up_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let setup = |at| Setup {
        clock: freshtrack_local::clock::LocalClock::manual(at),
        data: DataLocation::Directory(folder.path().to_owned()),
        ..Setup::default()
    };
    let noon = "2026-11-21T12:00:00Z".parse().unwrap();
    let world = World::with(setup(noon)).await;
    let tenant = world.tenant(1).await;
    let _dead = join_all((0..20).map(|_| tenant.watching())).await;
    // Not stopped, but gone: nobody was told that the sockets have ended.
    drop(world);

    let world = World::with(setup(noon)).await;
    let tenant = Tenant {
        api: world.api,
        ..tenant
    };
    let mut screen = tenant.watching().await;
    for count in 1..=3 {
        measure(&world, &tenant, 0, count, 300).await;
        screen.unit("the reading", tenant.unit(0).id, |_| true).await;
    }
    world.settled().await;
}

#[tokio::test]
async fn a_socket_ends_after_its_time() {
    let world = World::with(Setup {
        lifetimes: Lifetimes {
            whole: Duration::from_millis(50),
            ..Lifetimes::default()
        },
        ..Setup::default()
    })
    .await;
    let tenant = world.tenant(1).await;
    let mut screen = tenant.socket().await;
    screen.closed().await;
    measure(&world, &tenant, 0, 1, 300).await;
    assert_eq!(tenant.unit_view(0).await.now.temperature_c, Some(3.0));
    world.settled().await;
}
