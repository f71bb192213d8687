//! How accounts come to be, and what is left after trouble on the way.

use crate::support::{Desk, EMAIL, ORIGIN, PASSWORD, code, failed, sign_up_as};
use freshtrack_application::PortErrorKind;
use freshtrack_application::identity::{
    change_password, request_password_reset, reset_password, set_password, sign_up, verify_email,
};
use freshtrack_application::ports::{Owner, RecordKind};
use freshtrack_contracts::identity::{ChangePassword, ResetPassword, SendMail, SetPassword, VerifyEmail};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::audit::{self, AuditHead, ChainedEntry};
use freshtrack_domain::people::{Credentials, Password};
use freshtrack_domain::text::Name;
use freshtrack_testkit::killed_after;

const NEW: &str = "four dry dogs under a red bridge";

fn new() -> Password {
    Password::new(NEW).unwrap()
}

#[tokio::test]
async fn a_mail_that_is_not_handed_over_is_no_success() {
    let desk = Desk::new();
    desk.mails
        .faults
        .fail("mail_lane.hand_over", PortErrorKind::Unavailable, 1);
    let asked = async || sign_up(&desk.accounts(), &desk.mails, ORIGIN, sign_up_as(EMAIL)).await;
    assert!(failed(asked().await));
    asked().await.unwrap();
    let token = desk.token().await;
    verify_email(&desk.accounts(), ORIGIN, &VerifyEmail { token })
        .await
        .unwrap();
    desk.sign_in(EMAIL).await;
}

#[tokio::test]
async fn an_account_is_there_whole_or_not_at_all() {
    let mut finished = false;
    for calls in 0.. {
        let desk = Desk::new();
        sign_up(&desk.accounts(), &desk.mails, ORIGIN, sign_up_as(EMAIL))
            .await
            .unwrap();
        let input = VerifyEmail {
            token: desk.token().await,
        };
        let verified = killed_after(calls, verify_email(&desk.accounts(), ORIGIN, &input));
        if verified.is_some() {
            finished = true;
            break;
        }
        // Whoever opens the link again ends up with an account they can sign in to.
        match verify_email(&desk.accounts(), ORIGIN, &input).await {
            Ok(()) => {}
            refused => assert_eq!(code(refused), ProblemCode::NotFound),
        }
        let (person, _) = desk.sign_in(EMAIL).await;
        assert_eq!(desk.actions(person).await, ["user.created", "session.started"]);
    }
    assert!(finished);
}

#[tokio::test]
async fn a_password_is_changed_with_all_that_follows_or_not_at_all() {
    for calls in 0.. {
        let desk = Desk::new();
        let (person, _) = desk.person(EMAIL).await;
        desk.sign_in(EMAIL).await;
        let input = ChangePassword {
            current_password: Password::new(PASSWORD).unwrap(),
            password: new(),
        };
        let changed = killed_after(
            calls,
            change_password(&desk.accounts(), &desk.mails, person, input),
        );
        let sessions = desk
            .store()
            .all::<freshtrack_domain::people::Session>(Owner::User(person.user_id))
            .await
            .unwrap();
        let is_new = desk.try_sign_in(EMAIL, NEW).await.is_ok();
        assert_eq!(sessions.len(), if is_new { 1 } else { 2 }, "after {calls} calls");
        if changed.is_some() {
            assert!(is_new);
            break;
        }
    }
}

#[tokio::test]
async fn two_who_reset_at_once_are_one_after_the_other() {
    let desk = Desk::new();
    desk.account(EMAIL).await;
    let input = SendMail {
        email: EMAIL.parse().unwrap(),
    };
    request_password_reset(&desk.accounts(), &desk.mails, ORIGIN, input)
        .await
        .unwrap();
    let token = desk.token().await;
    let reset = |password: &str| {
        let input = ResetPassword {
            token: token.clone(),
            password: Password::new(password).unwrap(),
        };
        let accounts = desk.accounts();
        let mails = &desk.mails;
        async move { reset_password(&accounts, mails, ORIGIN, input).await }
    };
    let work: Vec<freshtrack_testkit::Work<'_, _>> = vec![
        Box::pin(reset(NEW)),
        Box::pin(reset("six small mice in a green boot")),
    ];
    let done = freshtrack_testkit::interleaved(work, std::iter::empty());
    assert_eq!(done.iter().filter(|result| result.is_ok()).count(), 1, "{done:?}");
}

#[tokio::test]
async fn the_chain_of_a_person_verifies_and_holds_no_secret() {
    let desk = Desk::new();
    let (person, tokens) = desk.person(EMAIL).await;
    let input = ChangePassword {
        current_password: Password::new(PASSWORD).unwrap(),
        password: new(),
    };
    change_password(&desk.accounts(), &desk.mails, person, input)
        .await
        .unwrap();
    let owner = Owner::User(person.user_id);
    let chain: Vec<ChainedEntry> = desk
        .store()
        .all::<ChainedEntry>(owner)
        .await
        .unwrap()
        .into_iter()
        .map(|stored| stored.record)
        .collect();
    audit::verify(AuditHead::default(), &chain).unwrap();
    let text = serde_json::to_string(&chain).unwrap();
    let credentials = desk
        .store()
        .get::<Credentials>(owner, person.user_id)
        .await
        .unwrap()
        .unwrap();
    for secret in [
        EMAIL,
        PASSWORD,
        NEW,
        tokens.refresh_token.0.as_str(),
        credentials.record.password.as_str(),
    ] {
        assert!(!text.contains(secret), "{text}");
    }
    assert!(text.contains("a…@example.com"), "{text}");
}

#[tokio::test]
async fn a_hash_of_former_parameters_is_renewed_at_sign_in() {
    let desk = Desk::new();
    let (person, _) = desk.person(EMAIL).await;
    let owner = Owner::User(person.user_id);
    // Argon2id of the same password with 8 MiB and one pass.
    let former = former_hash();
    desk.records
        .tamper(owner, RecordKind("CRED"), &person.user_id.to_string(), |data| {
            data["password"] = former.into();
        });
    desk.sign_in(EMAIL).await;
    let credentials = desk
        .store()
        .get::<Credentials>(owner, person.user_id)
        .await
        .unwrap()
        .unwrap();
    assert!(
        credentials.record.password.contains("m=19456,t=2,p=1"),
        "{credentials:?}"
    );
    desk.sign_in(EMAIL).await;
    let later = desk
        .store()
        .get::<Credentials>(owner, person.user_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(later.record, credentials.record);
}

fn former_hash() -> String {
    use argon2::password_hash::PasswordHasher;
    let former = argon2::Argon2::from(argon2::Params::new(8_192, 1, 1, None).unwrap());
    let hash: argon2::password_hash::phc::PasswordHash = former
        .hash_password_with_salt(PASSWORD.as_bytes(), &[7; 16])
        .unwrap();
    hash.to_string()
}

#[tokio::test]
async fn an_operator_never_creates_an_account_by_mistake() {
    let desk = Desk::new();
    let set = |name: Option<&str>, password: &str| {
        let input = SetPassword {
            email: EMAIL.parse().unwrap(),
            password: Password::new(password).unwrap(),
            name: name.map(|name| Name::new(name).unwrap()),
        };
        let accounts = desk.accounts();
        async move { set_password(&accounts, input).await }
    };
    assert_eq!(code(set(None, PASSWORD).await), ProblemCode::NotFound);
    assert_eq!(
        code(set(Some("Ann"), "password123").await),
        ProblemCode::InvalidRequest
    );
    let created = set(Some("Ann"), PASSWORD).await.unwrap();
    assert!(created.created);
    let (person, _) = desk.sign_in(EMAIL).await;
    let set_again = set(Some("Somebody else"), NEW).await.unwrap();
    assert_eq!((set_again.created, set_again.sessions_ended), (false, 1));
    assert_eq!(
        desk.actions(person).await,
        ["user.created", "session.started", "password.set"]
    );
}
