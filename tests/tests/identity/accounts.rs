//! From a stranger to a person who is known.

use freshtrack_contracts::identity::{Me, UserView};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::time::Span;
use freshtrack_tests::{PASSWORD, World};
use http::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn a_stranger_becomes_a_person() {
    let world = World::start().await;
    world.sign_up("Ann.Smith@Example.com", PASSWORD).await;
    let email = "ann.smith@example.com";
    let refused = world
        .anyone("sign-in", json!({ "email": email, "password": PASSWORD }))
        .await;
    assert_eq!(
        refused.code(),
        ProblemCode::NotSignedIn,
        "nobody is anybody before the mail is answered"
    );

    let mail = world.mail(email, "#verify-email=").await;
    assert!(mail.body.contains("Hello Ann Smith"), "{mail:?}");
    let token = world.token("verify-email", email).await;
    let verify = || world.anyone("verify-email", json!({ "token": token }));
    assert_eq!(verify().await.status, StatusCode::NO_CONTENT);
    assert_eq!(verify().await.code(), ProblemCode::NotFound, "a link works once");

    let ann = world.sign_in("ANN.SMITH@example.com", PASSWORD).await;
    let me: Me = ann.get("/v1/me").await.ok();
    assert_eq!(me.user.email.as_str(), email);
    assert_eq!(
        (me.user.name.as_str(), me.user.second_factor),
        ("Ann Smith", false)
    );
    assert!(me.memberships.is_empty());
    assert_eq!(ann.tokens.expires_in, 600);
    world.settled().await;
}

#[tokio::test]
async fn a_link_ends_after_a_day_and_can_be_had_again() {
    let world = World::start().await;
    let email = "ann@example.com";
    world.sign_up(email, PASSWORD).await;
    let first = world.token("verify-email", email).await;
    world.advance(Span::hours(23));
    let resent = world
        .anyone("verify-email/resend", json!({ "email": email }))
        .await;
    assert_eq!(resent.status, StatusCode::ACCEPTED);
    world.settled().await;
    let second = world.token("verify-email", email).await;
    assert_ne!(first, second);
    world.advance(Span::hours(2));
    let late = world.anyone("verify-email", json!({ "token": first })).await;
    assert_eq!(late.code(), ProblemCode::NotFound);
    let verified = world.anyone("verify-email", json!({ "token": second })).await;
    assert_eq!(verified.status, StatusCode::NO_CONTENT);
    world.sign_in(email, PASSWORD).await;
}

#[tokio::test]
async fn a_link_creates_the_account_it_was_sent_for() {
    let world = World::start().await;
    let email = "ann@example.com";
    world.sign_up(email, PASSWORD).await;
    let hers = world.token("verify-email", email).await;
    // A stranger asks for an account with her address before she opens the link.
    world.sign_up(email, "a password of somebody else").await;
    world.settled().await;
    let verified = world.anyone("verify-email", json!({ "token": hers })).await;
    assert_eq!(verified.status, StatusCode::NO_CONTENT);
    world.sign_in(email, PASSWORD).await;
    let stranger = world
        .anyone(
            "sign-in",
            json!({ "email": email, "password": "a password of somebody else" }),
        )
        .await;
    assert_eq!(stranger.code(), ProblemCode::NotSignedIn);
    let other = world.token("verify-email", email).await;
    let taken = world.anyone("verify-email", json!({ "token": other })).await;
    assert_eq!(taken.code(), ProblemCode::Conflict);
}

#[tokio::test]
async fn people_say_what_they_are_called() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let me = ann.get("/v1/me").await;
    let tag = me.headers["etag"].to_str().unwrap().to_owned();
    let changed = ann
        .send(
            Method::PATCH,
            "/v1/me",
            json!({ "name": "  Ann Jones ", "locale": "de-AT" }),
        )
        .await;
    let user: UserView = changed.ok();
    assert_eq!((user.name.as_str(), user.locale.as_str()), ("Ann Jones", "de-AT"));
    assert_ne!(changed.headers["etag"], tag.as_str());
    for (field, bad) in [
        (Some("name"), json!({ "name": " " })),
        (Some("locale"), json!({ "locale": "English" })),
        (Some("email"), json!({ "email": "x@example.com" })),
        (None, json!("Ann")),
    ] {
        let refused = ann.send(Method::PATCH, "/v1/me", bad).await.problem();
        assert_eq!(refused.code, ProblemCode::InvalidRequest);
        assert_eq!(refused.field.as_deref(), field, "{refused:?}");
    }
    let me: Me = ann.get("/v1/me").await.ok();
    assert_eq!(me.user, user);
}

#[tokio::test]
async fn one_account_from_many_sign_ups_at_once() {
    let world = World::start().await;
    let email = "ann@example.com";
    world.sign_up(email, PASSWORD).await;
    let token = world.token("verify-email", email).await;
    let verify = || world.anyone("verify-email", json!({ "token": token }));
    let answers = tokio::join!(verify(), verify(), verify());
    let statuses = [answers.0, answers.1, answers.2].map(|answer| answer.status);
    let created = statuses
        .iter()
        .filter(|status| **status == StatusCode::NO_CONTENT)
        .count();
    assert_eq!(created, 1, "{statuses:?}");
    assert!(
        statuses.iter().all(|status| !status.is_server_error()),
        "{statuses:?}"
    );
    world.sign_in(email, PASSWORD).await;
}
