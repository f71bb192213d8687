//! What somebody learns who tries addresses, passwords and codes: nothing, and not for long.

use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::time::Span;
use freshtrack_tests::{Answer, PASSWORD, World};
use http::StatusCode;
use serde_json::{Value as Json, json};

/// What an answer tells, apart from the request's own name and how many bytes that has.
fn told(answer: &Answer) -> (StatusCode, Vec<(String, String)>, Json) {
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| !["x-request-id", "apigw-requestid", "date"].contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    let mut body: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
    if let Some(body) = body.as_object_mut() {
        body.remove("request_id");
    }
    (answer.status, headers, body)
}

#[tokio::test]
async fn known_and_unknown_addresses_are_answered_alike() {
    let world = World::start().await;
    world.person("known@example.com").await;
    world.sign_up("pending@example.com", PASSWORD).await;
    world.settled().await;
    let before = world.tray().len();
    for (path, extra) in [
        ("sign-up", json!({ "password": PASSWORD, "name": "Ann Smith" })),
        ("verify-email/resend", json!({})),
        ("password-reset", json!({})),
        ("sign-in", json!({ "password": "not the password of anybody" })),
    ] {
        let ask = async |email: &str| {
            let mut body = extra.clone();
            body["email"] = json!(email);
            world.anyone(path, body).await
        };
        let known = told(&ask("known@example.com").await);
        assert_eq!(told(&ask("unknown@example.com").await), known, "{path}");
        assert_eq!(told(&ask("pending@example.com").await), known, "{path}");
    }
    world.settled().await;
    let sent: Vec<_> = world
        .tray()
        .into_iter()
        .map(|message| (message.to.join(","), message.subject))
        .collect();
    let new = &sent[..sent.len() - before];
    let of = |email: &str| -> Vec<&str> {
        let mine = new.iter().filter(|(to, _)| to == email);
        mine.map(|(_, subject)| subject.as_str()).collect()
    };
    assert_eq!(
        of("known@example.com"),
        [
            "Set a new password for FreshTrack",
            "You already have a FreshTrack account",
            "You already have a FreshTrack account",
        ]
    );
    let confirm = "Confirm your address for FreshTrack";
    assert_eq!(
        of("unknown@example.com"),
        [confirm, confirm],
        "signed up a moment ago"
    );
    assert_eq!(of("pending@example.com"), [confirm, confirm]);
}

#[tokio::test]
async fn passwords_cannot_be_tried_for_ever() {
    let world = World::start().await;
    world.person("ann@example.com").await;
    for email in ["ann@example.com", "nobody@example.com"] {
        let attempt = async |password: &str| {
            world
                .anyone("sign-in", json!({ "email": email, "password": password }))
                .await
        };
        for _ in 0..10 {
            assert_eq!(
                attempt("some other password").await.code(),
                ProblemCode::NotSignedIn
            );
        }
        let refused = attempt(PASSWORD).await;
        assert_eq!(refused.code(), ProblemCode::TooManyRequests, "{email}");
        let wait: u32 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=900).contains(&wait), "{wait}");
    }
    let other = world
        .anyone(
            "sign-in",
            json!({ "email": "bob@example.com", "password": "some other password" }),
        )
        .await;
    assert_eq!(other.code(), ProblemCode::NotSignedIn, "one account, not all");
    world.advance(Span::minutes(15));
    world.sign_in("ann@example.com", PASSWORD).await;
}

#[tokio::test]
async fn who_gets_it_right_begins_anew() {
    let world = World::start().await;
    world.person("ann@example.com").await;
    for _ in 0..3 {
        for _ in 0..9 {
            let wrong = json!({ "email": "ann@example.com", "password": "some other password" });
            assert_eq!(
                world.anyone("sign-in", wrong).await.code(),
                ProblemCode::NotSignedIn
            );
        }
        world.sign_in("ann@example.com", PASSWORD).await;
    }
}

#[tokio::test]
async fn codes_cannot_be_tried_for_ever_also_with_new_challenges() {
    let world = World::start().await;
    let email = "ann@example.com";
    let ann = world.person(email).await;
    let (authenticator, _) = ann.with_second_factor(&world).await;
    let attempt = async |code: &str| {
        let reply: Json = world
            .anyone("sign-in", json!({ "email": email, "password": PASSWORD }))
            .await
            .ok();
        world
            .anyone(
                "sign-in/second-step",
                json!({ "challenge": reply["challenge"], "code": code }),
            )
            .await
    };
    for _ in 0..10 {
        assert_eq!(attempt("000000").await.code(), ProblemCode::NotSignedIn);
    }
    world.advance(Span::seconds(30));
    let refused = attempt(&authenticator.code(&world)).await;
    assert_eq!(refused.code(), ProblemCode::TooManyRequests);
    world.advance(Span::minutes(15));
    let let_in = attempt(&authenticator.code(&world)).await;
    assert_eq!(let_in.status, StatusCode::OK, "{let_in:?}");
}

#[tokio::test]
async fn nobody_fills_a_mailbox() {
    let world = World::start().await;
    let ask = async || {
        world
            .anyone("password-reset", json!({ "email": "ann@example.com" }))
            .await
    };
    for _ in 0..5 {
        assert_eq!(ask().await.status, StatusCode::ACCEPTED);
    }
    assert_eq!(ask().await.code(), ProblemCode::TooManyRequests);
    let other = world
        .anyone("password-reset", json!({ "email": "bob@example.com" }))
        .await;
    assert_eq!(other.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn tokens_of_mails_are_good_for_what_they_were_sent_for() {
    let world = World::start().await;
    let email = "ann@example.com";
    world.person(email).await;
    world.anyone("password-reset", json!({ "email": email })).await;
    let reset = world.token("reset-password", email).await;
    for (path, body) in [
        ("verify-email", json!({ "token": reset })),
        (
            "sign-in/second-step",
            json!({ "challenge": reset, "code": "000000" }),
        ),
        ("refresh", json!({ "refresh_token": reset })),
    ] {
        assert!(world.anyone(path, body).await.status.is_client_error(), "{path}");
    }
    let done = world
        .anyone(
            "password-reset/complete",
            json!({ "token": reset, "password": PASSWORD }),
        )
        .await;
    assert_eq!(done.status, StatusCode::NO_CONTENT);
}
