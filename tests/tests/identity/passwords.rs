//! New passwords: forgotten, changed, set by an operator.

use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::time::Span;
use freshtrack_tests::{Answer, PASSWORD, World};
use http::StatusCode;
use serde_json::json;

const NEW: &str = "four dry dogs under a red bridge";

async fn sign_in(world: &World, email: &str, password: &str) -> Answer {
    world
        .anyone("sign-in", json!({ "email": email, "password": password }))
        .await
}

#[tokio::test]
async fn who_forgot_their_password_sets_another_by_mail() {
    let world = World::start().await;
    let email = "ann@example.com";
    let ann = world.person(email).await;
    let asked = world.anyone("password-reset", json!({ "email": email })).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED);
    let token = world.token("reset-password", email).await;
    let reset = async |password: &str| {
        world
            .anyone(
                "password-reset/complete",
                json!({ "token": token, "password": password }),
            )
            .await
    };
    assert_eq!(
        reset("password123").await.code(),
        ProblemCode::InvalidRequest,
        "it may be tried again"
    );
    assert_eq!(reset(NEW).await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        reset(NEW).await.code(),
        ProblemCode::NotFound,
        "a link works once"
    );

    assert_eq!(
        sign_in(&world, email, PASSWORD).await.code(),
        ProblemCode::NotSignedIn
    );
    assert_eq!(sign_in(&world, email, NEW).await.status, StatusCode::OK);
    let refreshed = world
        .anyone("refresh", json!({ "refresh_token": ann.tokens.refresh_token.0 }))
        .await;
    assert_eq!(
        refreshed.code(),
        ProblemCode::NotSignedIn,
        "all sessions have ended"
    );
    world.mail(email, "your password was changed").await;

    world.anyone("password-reset", json!({ "email": email })).await;
    world.settled().await;
    let late = world.token("reset-password", email).await;
    world.advance(Span::minutes(61));
    let late = world
        .anyone(
            "password-reset/complete",
            json!({ "token": late, "password": NEW }),
        )
        .await;
    assert_eq!(late.code(), ProblemCode::NotFound);
}

#[tokio::test]
async fn who_knows_their_password_changes_it_and_stays() {
    let world = World::start().await;
    let email = "ann@example.com";
    let ann = world.person(email).await;
    let other = world.sign_in(email, PASSWORD).await;
    let change = async |current: &str, new: &str| {
        ann.post(
            "/v1/me/password",
            json!({ "current_password": current, "password": new }),
        )
        .await
    };
    assert_eq!(change(NEW, NEW).await.code(), ProblemCode::InvalidRequest);
    assert_eq!(
        change(PASSWORD, "ann@example").await.code(),
        ProblemCode::InvalidRequest
    );
    assert_eq!(change(PASSWORD, NEW).await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        sign_in(&world, email, PASSWORD).await.code(),
        ProblemCode::NotSignedIn
    );
    assert_eq!(sign_in(&world, email, NEW).await.status, StatusCode::OK);
    for (person, stays) in [(&ann, true), (&other, false)] {
        let refreshed = world
            .anyone(
                "refresh",
                json!({ "refresh_token": person.tokens.refresh_token.0 }),
            )
            .await;
        assert_eq!(refreshed.status.is_success(), stays);
    }
}

#[tokio::test]
async fn an_operator_sets_a_password_and_is_never_told_it() {
    let world = World::start().await;
    let email = "root@example.com";
    let set = async |event| world.api.invoke("identity-set-password", &event).await;
    let nobody = set(json!({ "email": email, "password": PASSWORD }))
        .await
        .unwrap_err();
    assert_eq!(nobody["errorType"], "Refused", "{nobody}");

    let created = set(json!({ "email": email, "password": PASSWORD, "name": "Operator" }))
        .await
        .unwrap();
    assert_eq!(created["created"], true);
    assert!(!created.to_string().contains(PASSWORD));
    let root = world.sign_in(email, PASSWORD).await;

    let reset = set(json!({ "email": email, "password": NEW })).await.unwrap();
    assert_eq!(
        (&reset["created"], &reset["sessions_ended"]),
        (&json!(false), &json!(1))
    );
    assert_eq!(reset["user_id"], created["user_id"]);
    assert_eq!(
        sign_in(&world, email, PASSWORD).await.code(),
        ProblemCode::NotSignedIn
    );
    assert_eq!(sign_in(&world, email, NEW).await.status, StatusCode::OK);
    let refreshed = world
        .anyone("refresh", json!({ "refresh_token": root.tokens.refresh_token.0 }))
        .await;
    assert_eq!(refreshed.code(), ProblemCode::NotSignedIn);

    let weak = set(json!({ "email": email, "password": "password123" }))
        .await
        .unwrap_err();
    assert_eq!(weak["errorType"], "Refused", "{weak}");
}

#[tokio::test]
async fn weak_passwords_are_refused_whoever_asks() {
    let world = World::start().await;
    for weak in [
        "short",
        "1234567890",
        "password123",
        "ann.smith@example.com",
        &"x".repeat(129),
    ] {
        let asked = json!({ "email": "ann.smith@example.com", "password": weak, "name": "Ann Smith" });
        let refused = world.anyone("sign-up", asked).await;
        let problem = refused.problem();
        assert_eq!(problem.code, ProblemCode::InvalidRequest, "{weak}");
        assert!(!problem.detail.contains(weak), "{problem:?}");
    }
    world.settled().await;
    assert!(world.tray().is_empty());
}
