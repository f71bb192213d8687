//! Signing keys on fakes: made once, renewed once, and tokens that no other key can sign.

use crate::support::{Desk, EMAIL, person_of};
use freshtrack_application::PortErrorKind;
use freshtrack_application::identity::{AccessTokens, get_jwks, rotate_signing_keys};
use freshtrack_application::ports::{Owner, RecordKind};
use freshtrack_domain::time::Span;
use freshtrack_testkit::{Work, interleaved};

async fn published(desk: &Desk) -> Vec<String> {
    let keys = get_jwks(desk.store(), &desk.clock).await.unwrap().keys;
    keys.into_iter().map(|key| key.kid).collect()
}

#[tokio::test]
async fn the_first_who_sign_in_share_one_key() {
    let desk = Desk::new();
    desk.account("ann@example.com").await;
    desk.account("bob@example.com").await;
    assert!(published(&desk).await.is_empty());
    // Two processes that know of no key yet.
    let (one, two) = (AccessTokens::new("urn:x"), AccessTokens::new("urn:x"));
    let (ann, bob) = (
        person_of(&desk.sign_in("ann@example.com").await.1),
        desk.sign_in("bob@example.com").await.0,
    );
    desk.records
        .tamper(Owner::Platform, RecordKind("SIGNKEYS"), "RING", |ring| {
            ring["keys"] = serde_json::json!([]);
        });
    let accounts = desk.accounts();
    let work: Vec<Work<'_, _>> = vec![
        Box::pin(rotate_signing_keys(&accounts, &desk.vault)),
        Box::pin(rotate_signing_keys(&accounts, &desk.vault)),
    ];
    let made: Vec<bool> = interleaved(work, [0, 1, 0, 1, 0, 1, 0, 1])
        .into_iter()
        .map(|result| result.is_ok())
        .collect();
    assert_eq!(made.iter().filter(|done| **done).count(), 1, "{made:?}");
    assert_eq!(published(&desk).await.len(), 1);
    for (tokens, person) in [(&one, ann), (&two, bob)] {
        let token = tokens.issue(&accounts, &desk.vault, person).await.unwrap();
        for checking in [&one, &two] {
            let authorized = checking
                .authorize(desk.store(), &desk.clock, &token)
                .await
                .unwrap();
            assert_eq!(authorized, Some(person));
        }
    }
}

#[tokio::test]
async fn a_process_that_has_not_heard_of_a_new_key_looks_for_it() {
    let desk = Desk::new();
    let (person, _) = desk.person(EMAIL).await;
    let elsewhere = AccessTokens::new("urn:freshtrack:test");
    let accounts = desk.accounts();
    let first = elsewhere.issue(&accounts, &desk.vault, person).await.unwrap();
    desk.clock.advance(Span::hours(30 * 24));
    rotate_signing_keys(&accounts, &desk.vault).await.unwrap();
    desk.clock.advance(Span::minutes(20));
    let (person, tokens) = desk.sign_in(EMAIL).await;
    let authorized = elsewhere
        .authorize(desk.store(), &desk.clock, &tokens.access_token.0)
        .await;
    assert_eq!(authorized.unwrap(), Some(person));
    assert_eq!(
        elsewhere
            .authorize(desk.store(), &desk.clock, &first)
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn made_up_tokens_cost_no_read_each() {
    let desk = Desk::new();
    let (_, tokens) = desk.person(EMAIL).await;
    let ours = &tokens.access_token.0;
    assert!(
        desk.tokens
            .authorize(desk.store(), &desk.clock, ours)
            .await
            .unwrap()
            .is_some()
    );
    // {"alg":"EdDSA","kid":"0"}
    let made_up = format!(
        "eyJhbGciOiJFZERTQSIsImtpZCI6IjAifQ.{}",
        ours.split_once('.').unwrap().1
    );
    desk.records
        .faults
        .fail("records.find", PortErrorKind::Unavailable, usize::MAX);
    for _ in 0..3 {
        let authorized = desk.tokens.authorize(desk.store(), &desk.clock, &made_up).await;
        assert_eq!(authorized.unwrap(), None, "the store is not asked");
    }
    desk.clock.advance(Span::seconds(5));
    assert!(
        desk.tokens
            .authorize(desk.store(), &desk.clock, &made_up)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn nothing_is_allowed_while_nothing_is_known() {
    let desk = Desk::new();
    let (_, tokens) = desk.person(EMAIL).await;
    desk.records
        .faults
        .fail("records.find", PortErrorKind::Throttled, 1);
    let authorized = desk
        .tokens
        .authorize(desk.store(), &desk.clock, &tokens.access_token.0)
        .await;
    assert_eq!(authorized.unwrap_err().kind, PortErrorKind::Throttled);
}

#[tokio::test]
async fn a_token_is_for_whoever_it_names() {
    let desk = Desk::new();
    let (person, tokens) = desk.person(EMAIL).await;
    let elsewhere = AccessTokens::new("urn:freshtrack:other");
    let authorized = elsewhere
        .authorize(desk.store(), &desk.clock, &tokens.access_token.0)
        .await;
    assert_eq!(authorized.unwrap(), None, "another stack's token");
    assert_eq!(person, person_of(&tokens));
}
