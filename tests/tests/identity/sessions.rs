//! Sessions: how they go on, are seen and end.

use freshtrack_contracts::identity::{SessionView, Tokens};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::time::Span;
use freshtrack_local::clock::LocalClock;
use freshtrack_local::services::store::DataLocation;
use freshtrack_tests::{Answer, PASSWORD, Person, Setup, World};
use http::{Method, StatusCode};
use serde_json::json;

/// The time that API Gateway may go on with what the authorizer said before.
const REVOCATION_BOUND: Span = Span::seconds(60);

async fn refresh(world: &World, tokens: &Tokens) -> Answer {
    world
        .anyone("refresh", json!({ "refresh_token": tokens.refresh_token.0 }))
        .await
}

async fn sessions(person: &Person) -> Vec<SessionView> {
    let page: Page<SessionView> = person.get("/v1/me/sessions").await.ok();
    page.items
}

#[tokio::test]
async fn a_session_goes_on_with_new_tokens() {
    let world = World::start().await;
    let mut ann = world.person("ann@example.com").await;
    assert_eq!(ann.get("/v1/me").await.status, StatusCode::OK);
    world.advance(Span::minutes(11));
    assert!(
        ann.get("/v1/me").await.status.is_client_error(),
        "an access token lives for ten minutes"
    );
    ann.tokens = refresh(&world, &ann.tokens).await.ok();
    assert_eq!(ann.get("/v1/me").await.status, StatusCode::OK);
    let [session] = &sessions(&ann).await[..] else {
        panic!("one session");
    };
    assert!(session.current);
    assert!(session.last_used_at > session.created_at);
}

#[tokio::test]
async fn a_repeated_refresh_gets_the_same_and_a_stale_one_ends_the_session() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let other = world.sign_in("ann@example.com", PASSWORD).await;
    let next: Tokens = refresh(&world, &ann.tokens).await.ok();
    assert_ne!(next.refresh_token, ann.tokens.refresh_token);
    world.advance(Span::seconds(30));
    let again: Tokens = refresh(&world, &ann.tokens).await.ok();
    assert_eq!(
        again.refresh_token, next.refresh_token,
        "the reply may have been lost"
    );

    world.advance(Span::seconds(30));
    let reused = refresh(&world, &ann.tokens).await;
    assert_eq!(reused.code(), ProblemCode::NotSignedIn);
    assert_eq!(
        refresh(&world, &next).await.code(),
        ProblemCode::NotSignedIn,
        "the whole family ends"
    );
    world.advance(REVOCATION_BOUND);
    assert!(ann.get("/v1/me").await.status.is_client_error());
    assert_eq!(sessions(&other).await.len(), 1, "others go on");
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_stay_signed_in() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let (one, two) = tokio::join!(refresh(&world, &ann.tokens), refresh(&world, &ann.tokens));
    let (one, two): (Tokens, Tokens) = (one.ok(), two.ok());
    assert_eq!(one.refresh_token, two.refresh_token);
    let next = refresh(&world, &two).await;
    assert_eq!(next.status, StatusCode::OK, "{next:?}");
}

#[tokio::test]
async fn sessions_are_seen_and_ended_one_by_one() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let bob = world.person("bob@example.com").await;
    world.advance(Span::seconds(1));
    let tablet = world.sign_in("ann@example.com", PASSWORD).await;
    let seen = sessions(&ann).await;
    assert_eq!(
        seen.iter().map(|session| session.current).collect::<Vec<_>>(),
        [false, true]
    );

    let path = format!("/v1/me/sessions/{}", seen[0].id);
    let stranger = bob.send(Method::DELETE, &path, json!({})).await;
    assert_eq!(stranger.code(), ProblemCode::NotFound);
    let ended = ann.send(Method::DELETE, &path, json!({})).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert_eq!(
        refresh(&world, &tablet.tokens).await.code(),
        ProblemCode::NotSignedIn
    );
    world.advance(REVOCATION_BOUND);
    assert!(tablet.get("/v1/me").await.status.is_client_error());
    let again = ann.send(Method::DELETE, &path, json!({})).await;
    assert_eq!(again.code(), ProblemCode::NotFound);
    assert_eq!(sessions(&ann).await.len(), 1);
}

#[tokio::test]
async fn who_signs_out_is_out() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let [here, there, elsewhere] = [
        world.sign_in("ann@example.com", PASSWORD).await,
        world.sign_in("ann@example.com", PASSWORD).await,
        world.sign_in("ann@example.com", PASSWORD).await,
    ];
    let out = here.post("/v1/me/sign-out", json!({})).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert_eq!(
        refresh(&world, &here.tokens).await.code(),
        ProblemCode::NotSignedIn
    );
    assert_eq!(sessions(&there).await.len(), 3);
    let everywhere = there.post("/v1/me/sign-out", json!({ "everywhere": true })).await;
    assert_eq!(everywhere.status, StatusCode::NO_CONTENT);
    for person in [&ann, &there, &elsewhere] {
        assert_eq!(
            refresh(&world, &person.tokens).await.code(),
            ProblemCode::NotSignedIn
        );
    }
    world.advance(REVOCATION_BOUND);
    assert!(elsewhere.get("/v1/me").await.status.is_client_error());
}

#[tokio::test]
async fn a_session_ends_when_nobody_uses_it() {
    let world = World::start().await;
    let mut ann = world.person("ann@example.com").await;
    world.advance(Span::hours(13 * 24));
    ann.tokens = refresh(&world, &ann.tokens).await.ok();
    world.advance(Span::hours(14 * 24));
    assert_eq!(
        refresh(&world, &ann.tokens).await.code(),
        ProblemCode::NotSignedIn
    );
}

#[tokio::test]
async fn sessions_survive_a_restart_of_everything() {
    let folder = tempfile::tempdir().unwrap();
    let setup = || Setup {
        clock: LocalClock::manual("2026-11-21T12:00:00Z".parse().unwrap()),
        data: DataLocation::Directory(folder.path().join("data")),
        ..Setup::default()
    };
    let world = World::with(setup()).await;
    let mut ann = world.person("ann@example.com").await;
    world.host.stop().await;

    let world = World::with(setup()).await;
    ann.api = world.api;
    assert_eq!(
        ann.get("/v1/me").await.status,
        StatusCode::OK,
        "the same signing key"
    );
    ann.tokens = refresh(&world, &ann.tokens).await.ok();
    assert_eq!(ann.get("/v1/me").await.status, StatusCode::OK);
}
