//! Similar work for known and unknown addresses, and second factors on fakes.

use crate::support::{Desk, EMAIL, ORIGIN, code, sign_up_as};
use freshtrack_application::identity::{
    Accounts, confirm_totp, enrol_totp, renew_recovery_codes, request_password_reset, resend_verification,
    sign_up,
};
use freshtrack_application::mail::{Notice, Occasion};
use freshtrack_application::ports::{Clock, IdSource};
use freshtrack_application::{Failure, SignedIn};
use freshtrack_contracts::identity::{RecoveryCodes, SendMail, TotpCode, TotpEnrolment};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::time::Span;
use freshtrack_testkit::{SeededIds, killed_after};
use totp_rs::{Builder, Secret};

/// How many calls of ports `work` makes, however it ends.
fn calls<T>(work: impl Fn() -> std::pin::Pin<Box<dyn Future<Output = T>>>) -> usize {
    (0..)
        .find(|calls| killed_after(*calls, work()).is_some())
        .unwrap()
}

/// What somebody outside could tell by the time: how often the store, the counters and the queue are called. The
/// password is hashed on every way; that is most of the time, and cannot be seen here.
#[test]
fn the_same_work_whether_there_is_an_account_or_not() {
    let known = async || {
        let desk = Desk::new();
        desk.account(EMAIL).await;
        desk
    };
    let unknown = async || Desk::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let count = |what: &str, known_too: bool| {
        calls(|| {
            let desk = runtime.block_on(async { if known_too { known().await } else { unknown().await } });
            let what = what.to_owned();
            Box::pin(async move {
                let send = || SendMail {
                    email: EMAIL.parse().unwrap(),
                };
                let (accounts, mails) = (desk.accounts(), &desk.mails);
                match what.as_str() {
                    "sign-up" => drop(sign_up(&accounts, mails, ORIGIN, sign_up_as(EMAIL)).await),
                    "resend" => drop(resend_verification(&accounts, mails, ORIGIN, send()).await),
                    "reset" => drop(request_password_reset(&accounts, mails, ORIGIN, send()).await),
                    _ => drop(desk.try_sign_in(EMAIL, "not the password of anybody").await),
                }
            })
        })
    };
    for what in ["sign-up", "resend", "reset", "sign-in"] {
        let (known, unknown) = (count(what, true), count(what, false));
        assert_eq!(known, unknown, "{what}");
        assert!(known >= 3, "{what}: {known} calls");
    }
}

/// Chance as the HTTP runner draws it for an `Idempotency-Key`: the same each time.
fn repeated<'a>(desk: &'a Desk, ids: &'a SeededIds) -> Accounts<'a> {
    Accounts {
        ids: ids as &dyn IdSource,
        ..desk.accounts()
    }
}

fn shown_at(enrolment: &TotpEnrolment, desk: &Desk) -> TotpCode {
    let secret = Secret::try_from_base32(&enrolment.secret.0).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    let seconds = u64::try_from(desk.clock.now().as_seconds()).unwrap();
    TotpCode {
        code: totp.generate(seconds).to_string().into(),
    }
}

async fn confirm(
    desk: &Desk,
    ids: &SeededIds,
    person: SignedIn,
    code: &TotpCode,
) -> Result<RecoveryCodes, Failure> {
    confirm_totp(&repeated(desk, ids), &desk.vault, &desk.mails, person, code).await
}

#[tokio::test]
async fn recovery_codes_are_shown_again_to_the_request_that_drew_them() {
    let desk = Desk::new();
    let (person, _) = desk.person(EMAIL).await;
    let enrolment = enrol_totp(&desk.accounts(), &desk.vault, person).await.unwrap();
    let code_now = shown_at(&enrolment, &desk);
    let first = confirm(&desk, &SeededIds::new(77), person, &code_now)
        .await
        .unwrap();
    // The reply was lost; the same request comes again, with its code already taken.
    let again = confirm(&desk, &SeededIds::new(77), person, &code_now)
        .await
        .unwrap();
    assert_eq!(first, again);
    let other = confirm(&desk, &SeededIds::new(78), person, &code_now).await;
    assert_eq!(
        code(other),
        ProblemCode::Conflict,
        "another request is told nothing"
    );
    let notices: Vec<_> = desk.mails.take().into_iter().map(|job| job.occasion).collect();
    assert!(matches!(
        notices[..],
        [Occasion::Notice {
            notice: Notice::SecondFactorOn
        }]
    ));

    desk.clock.advance(Span::seconds(30));
    let code_now = shown_at(&enrolment, &desk);
    let renew = async |seed| {
        let ids = SeededIds::new(seed);
        renew_recovery_codes(&repeated(&desk, &ids), &desk.vault, person, &code_now).await
    };
    let renewed = renew(79).await.unwrap();
    assert_eq!(renew(79).await.unwrap(), renewed);
    assert_eq!(
        code(renew(80).await),
        ProblemCode::InvalidRequest,
        "its code is spent"
    );
    assert_ne!(renewed, first);
}

#[tokio::test]
async fn a_second_factor_is_there_with_its_codes_or_not_at_all() {
    for calls in 0.. {
        let desk = Desk::new();
        let (person, _) = desk.person(EMAIL).await;
        let enrolment = enrol_totp(&desk.accounts(), &desk.vault, person).await.unwrap();
        let code_now = shown_at(&enrolment, &desk);
        let ids = SeededIds::new(5);
        let confirmed = killed_after(calls, confirm(&desk, &ids, person, &code_now));
        let is_done = confirmed.is_some();
        // The client tries again with the same key, and has its codes in the end.
        let codes = confirm(&desk, &SeededIds::new(5), person, &code_now)
            .await
            .unwrap();
        assert_eq!(codes.codes.len(), 10);
        assert!(confirmed.is_none_or(|first| first.unwrap() == codes));
        let actions = desk.actions(person).await;
        let turned_on = actions
            .iter()
            .filter(|action| *action == "second_factor.turned_on");
        assert_eq!(turned_on.count(), 1);
        if is_done {
            break;
        }
    }
}
