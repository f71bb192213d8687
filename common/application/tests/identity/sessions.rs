//! Sessions under pressure: many at once, and trouble in between.

use crate::support::{Desk, EMAIL, PASSWORD, code, failed, person_of};
use freshtrack_application::identity::{change_password, refresh, sign_out};
use freshtrack_application::ports::Owner;
use freshtrack_application::{Failure, PortErrorKind, SignedIn};
use freshtrack_contracts::identity::{ChangePassword, Refresh, SignOut, Tokens};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::people::{MOST_SESSIONS, Password, Session};
use freshtrack_domain::time::Span;
use freshtrack_testkit::{Work, interleaved, killed_after};
use proptest::prelude::*;

async fn refreshed(desk: &Desk, tokens: &Tokens) -> Result<Tokens, Failure> {
    let input = Refresh {
        refresh_token: tokens.refresh_token.clone(),
    };
    refresh(&desk.accounts(), &desk.vault, &desk.tokens, &input).await
}

async fn sessions(desk: &Desk, person: SignedIn) -> Vec<Session> {
    let owner = Owner::User(person.user_id);
    let stored = desk.store().all::<Session>(owner).await.unwrap();
    stored.into_iter().map(|stored| stored.record).collect()
}

async fn is_let_in(desk: &Desk, tokens: &Tokens) -> bool {
    let authorized = desk
        .tokens
        .authorize(desk.store(), &desk.clock, &tokens.access_token.0);
    authorized.await.unwrap() == Some(person_of(tokens))
}

#[tokio::test]
async fn a_reply_that_was_lost_costs_nobody_their_session() {
    let desk = Desk::new();
    let (_, tokens) = desk.person(EMAIL).await;
    for calls in 0.. {
        // Whatever was done before the process died, the client tries again with the token it has.
        let input = Refresh {
            refresh_token: tokens.refresh_token.clone(),
        };
        let accounts = desk.accounts();
        let work = refresh(&accounts, &desk.vault, &desk.tokens, &input);
        let first = killed_after(calls, work).map(Result::unwrap);
        let again = refreshed(&desk, &tokens).await.unwrap();
        assert!(is_let_in(&desk, &again).await);
        if let Some(first) = first {
            assert_eq!(first.refresh_token, again.refresh_token);
            break;
        }
    }
    let desk = Desk::new();
    let (_, tokens) = desk.person(EMAIL).await;
    desk.records
        .faults
        .lose_answer("records.commit", PortErrorKind::Unavailable, 1);
    assert!(failed(refreshed(&desk, &tokens).await));
    let next = refreshed(&desk, &tokens).await.unwrap();
    desk.clock.advance(Span::minutes(5));
    refreshed(&desk, &next).await.unwrap();
}

#[tokio::test]
async fn the_end_of_a_session_is_the_end_of_its_tokens() {
    let desk = Desk::new();
    let (person, tokens) = desk.person(EMAIL).await;
    let (_, other) = desk.sign_in(EMAIL).await;
    assert!(is_let_in(&desk, &tokens).await && is_let_in(&desk, &other).await);
    sign_out(&desk.accounts(), person, SignOut::default())
        .await
        .unwrap();
    sign_out(&desk.accounts(), person, SignOut::default())
        .await
        .unwrap();
    assert!(!is_let_in(&desk, &tokens).await && is_let_in(&desk, &other).await);
    desk.clock.advance(Span::minutes(10));
    assert!(!is_let_in(&desk, &other).await, "it has ended by itself");
}

#[tokio::test]
async fn nobody_is_signed_in_without_end() {
    let desk = Desk::new();
    let (person, used) = desk.person(EMAIL).await;
    let (_, unused) = desk.sign_in(EMAIL).await;
    for _ in 2..MOST_SESSIONS {
        desk.clock.advance(Span::seconds(1));
        desk.sign_in(EMAIL).await;
    }
    refreshed(&desk, &used).await.unwrap();
    assert_eq!(sessions(&desk, person).await.len(), MOST_SESSIONS);
    desk.sign_in(EMAIL).await;
    let left: Vec<_> = sessions(&desk, person)
        .await
        .into_iter()
        .map(|session| session.id)
        .collect();
    assert_eq!(left.len(), MOST_SESSIONS);
    assert!(left.contains(&person_of(&used).session_id));
    assert!(!left.contains(&person_of(&unused).session_id));
}

#[tokio::test]
async fn made_up_refresh_tokens_are_refused_alike() {
    let desk = Desk::new();
    let (person, tokens) = desk.person(EMAIL).await;
    let (user, session) = (person.user_id.to_string(), person.session_id.to_string());
    let ids = format!("{}{}", &user[4..], &session[4..]);
    for made_up in [
        String::new(),
        "ftr_".to_owned(),
        format!("ftr_{ids}_"),
        tokens.access_token.0.clone(),
        format!("ftr_{}{}_{}", &session[4..], &user[4..], "0".repeat(32)),
    ] {
        let input = Refresh {
            refresh_token: made_up.clone().into(),
        };
        let refused = refresh(&desk.accounts(), &desk.vault, &desk.tokens, &input).await;
        assert_eq!(code(refused), ProblemCode::NotSignedIn, "{made_up}");
    }
    assert_eq!(sessions(&desk, person).await.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However a change of the password and a sign-in with the former one take turns: no session of the former password
    /// is left.
    #[test]
    fn a_sign_in_with_the_former_password_loses(turns in prop::collection::vec(0_usize..2, 0..24)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let desk = Desk::new();
            let (person, _) = desk.person(EMAIL).await;
            let change = async {
                let input = ChangePassword {
                    current_password: Password::new(PASSWORD).unwrap(),
                    password: Password::new("four dry dogs under a red bridge").unwrap(),
                };
                change_password(&desk.accounts(), &desk.mails, person, input).await.is_ok()
            };
            let enter = async { desk.try_sign_in(EMAIL, PASSWORD).await.is_ok() };
            let work: Vec<Work<'_, bool>> = vec![Box::pin(change), Box::pin(enter)];
            let done = interleaved(work, turns);
            let left = sessions(&desk, person).await;
            assert!(done[0] || done[1], "one of them gets through");
            if done[0] {
                assert!(left.iter().all(|session| session.id == person.session_id), "{left:?}");
            }
        });
    }

    /// However the refreshes of two tabs take turns, both hold the same newest token in the end.
    #[test]
    fn two_tabs_never_sign_each_other_out(turns in prop::collection::vec(0_usize..2, 0..16)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let desk = Desk::new();
            let (_, tokens) = desk.person(EMAIL).await;
            let work: Vec<Work<'_, _>> = vec![
                Box::pin(refreshed(&desk, &tokens)),
                Box::pin(refreshed(&desk, &tokens)),
            ];
            let done: Vec<Tokens> = interleaved(work, turns).into_iter().map(Result::unwrap).collect();
            assert_eq!(done[0].refresh_token, done[1].refresh_token);
            refreshed(&desk, &done[1]).await.unwrap();
        });
    }
}
