//! The second factor.

use freshtrack_contracts::identity::{Me, Tokens};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::time::Span;
use freshtrack_tests::{Answer, Authenticator, PASSWORD, Person, World};
use http::StatusCode;
use serde_json::{Value as Json, json};

/// The first step of a sign-in, for an account that has a second.
async fn challenge(world: &World, email: &str) -> String {
    let reply: Json = world
        .anyone("sign-in", json!({ "email": email, "password": PASSWORD }))
        .await
        .ok();
    assert_eq!(reply["outcome"], "second_factor", "{reply}");
    assert!(reply.get("access_token").is_none(), "{reply}");
    reply["challenge"].as_str().unwrap().to_owned()
}

async fn second_step(world: &World, challenge: &str, code: &str) -> Answer {
    world
        .anyone(
            "sign-in/second-step",
            json!({ "challenge": challenge, "code": code }),
        )
        .await
}

async fn me(person: &Person) -> Me {
    person.get("/v1/me").await.ok()
}

#[tokio::test]
async fn two_steps_let_in_and_each_code_once() {
    let world = World::start().await;
    let email = "ann@example.com";
    let ann = world.person(email).await;
    let (authenticator, recovery_codes) = ann.with_second_factor(&world).await;
    assert_eq!(recovery_codes.len(), 10);
    let shown = me(&ann).await.user;
    assert_eq!((shown.second_factor, shown.recovery_codes_left), (true, 10));
    world.mail(email, "two-step sign-in was turned on").await;

    let confirmed = authenticator.code(&world);
    let first = challenge(&world, email).await;
    let spent = second_step(&world, &first, &confirmed).await;
    assert_eq!(
        spent.code(),
        ProblemCode::NotSignedIn,
        "the code that turned it on is spent"
    );
    world.advance(Span::seconds(30));
    let code = authenticator.code(&world);
    let tokens: Tokens = second_step(&world, &first, &code).await.ok();
    let ann = Person { tokens, ..ann };
    assert_eq!(ann.get("/v1/me").await.status, StatusCode::OK);
    assert_eq!(
        second_step(&world, &first, &code).await.code(),
        ProblemCode::NotSignedIn,
        "a challenge is good for one sign-in"
    );

    let second = challenge(&world, email).await;
    assert_eq!(
        second_step(&world, &second, &code).await.code(),
        ProblemCode::NotSignedIn,
        "and so is a code"
    );
    world.advance(Span::minutes(6));
    let late = second_step(&world, &second, &authenticator.code(&world)).await;
    assert_eq!(
        late.code(),
        ProblemCode::NotSignedIn,
        "a challenge ends after five minutes"
    );
}

#[tokio::test]
async fn the_same_code_twice_at_once_lets_in_once() {
    let world = World::start().await;
    let email = "ann@example.com";
    let ann = world.person(email).await;
    let (authenticator, _) = ann.with_second_factor(&world).await;
    world.advance(Span::seconds(30));
    let code = authenticator.code(&world);
    let (one, two) = (challenge(&world, email).await, challenge(&world, email).await);
    let (one, two) = tokio::join!(second_step(&world, &one, &code), second_step(&world, &two, &code));
    let let_in = [&one, &two]
        .iter()
        .filter(|answer| answer.status.is_success())
        .count();
    assert_eq!(let_in, 1, "{one:?} {two:?}");
}

#[tokio::test]
async fn a_recovery_code_helps_once_when_the_phone_is_lost() {
    let world = World::start().await;
    let email = "ann@example.com";
    let ann = world.person(email).await;
    let (authenticator, recovery_codes) = ann.with_second_factor(&world).await;
    let typed = recovery_codes[0].to_uppercase().replace('-', " ");
    let first = challenge(&world, email).await;
    let let_in = second_step(&world, &first, &typed).await;
    assert_eq!(let_in.status, StatusCode::OK, "{let_in:?}");
    world.mail(email, "by one of your recovery codes").await;
    let second = challenge(&world, email).await;
    let spent = second_step(&world, &second, &recovery_codes[0]).await;
    assert_eq!(spent.code(), ProblemCode::NotSignedIn);
    assert_eq!(me(&ann).await.user.recovery_codes_left, 9);

    world.advance(Span::seconds(30));
    let renewed: Json = ann
        .post(
            "/v1/me/totp/recovery-codes",
            json!({ "code": authenticator.code(&world) }),
        )
        .await
        .ok();
    assert_eq!(me(&ann).await.user.recovery_codes_left, 10);
    let former = second_step(&world, &second, &recovery_codes[1]).await;
    assert_eq!(former.code(), ProblemCode::NotSignedIn);
    let new = renewed["codes"][0].as_str().unwrap();
    let let_in = second_step(&world, &second, new).await;
    assert_eq!(let_in.status, StatusCode::OK, "{let_in:?}");
}

#[tokio::test]
async fn it_is_turned_off_by_password_and_code() {
    let world = World::start().await;
    let email = "ann@example.com";
    let ann = world.person(email).await;
    let (authenticator, _) = ann.with_second_factor(&world).await;
    world.advance(Span::seconds(30));
    let disable = async |password: &str, code: &str| {
        ann.post(
            "/v1/me/totp/disable",
            json!({ "password": password, "code": code }),
        )
        .await
    };
    let code = authenticator.code(&world);
    assert_eq!(
        disable("something else", &code).await.code(),
        ProblemCode::InvalidRequest
    );
    assert_eq!(
        disable(PASSWORD, "000000").await.code(),
        ProblemCode::InvalidRequest
    );
    assert_eq!(disable(PASSWORD, &code).await.status, StatusCode::NO_CONTENT);
    assert_eq!(disable(PASSWORD, &code).await.code(), ProblemCode::Conflict);
    assert!(!me(&ann).await.user.second_factor);
    world.mail(email, "two-step sign-in was turned off").await;
    world.sign_in(email, PASSWORD).await;
}

#[tokio::test]
async fn a_password_reset_leaves_the_second_factor() {
    let world = World::start().await;
    let email = "ann@example.com";
    let ann = world.person(email).await;
    ann.with_second_factor(&world).await;
    world.anyone("password-reset", json!({ "email": email })).await;
    let token = world.token("reset-password", email).await;
    let reset = world
        .anyone(
            "password-reset/complete",
            json!({ "token": token, "password": PASSWORD }),
        )
        .await;
    assert_eq!(reset.status, StatusCode::NO_CONTENT);
    challenge(&world, email).await;
}

#[tokio::test]
async fn enrolling_asks_for_a_code_in_time() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let confirm = async |code: &str| ann.post("/v1/me/totp/confirm", json!({ "code": code })).await;
    assert_eq!(
        confirm("123456").await.code(),
        ProblemCode::Conflict,
        "there is nothing to confirm"
    );

    let enrolment: Json = ann.post("/v1/me/totp", json!({})).await.ok();
    let uri = enrolment["uri"].as_str().unwrap();
    assert!(
        uri.starts_with("otpauth://totp/FreshTrack:ann%40example.com?secret="),
        "{uri}"
    );
    let authenticator = Authenticator::new(enrolment["secret"].as_str().unwrap());
    assert_eq!(confirm("abc").await.code(), ProblemCode::InvalidRequest);
    assert!(
        !me(&ann).await.user.second_factor,
        "nothing is asked for before it is confirmed"
    );
    world.advance(Span::minutes(10));
    let late = confirm(&authenticator.code(&world)).await;
    assert!(late.status.is_client_error(), "{late:?}");

    let ann = world.sign_in("ann@example.com", PASSWORD).await;
    ann.with_second_factor(&world).await;
    let twice = ann.post("/v1/me/totp", json!({})).await;
    assert_eq!(twice.code(), ProblemCode::Conflict);
}
