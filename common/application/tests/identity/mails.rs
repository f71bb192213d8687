//! What is written to whom.

use crate::support::{Desk, EMAIL, START};
use freshtrack_application::PortErrorKind;
use freshtrack_application::mail::{MailJob, Notice, Occasion, SendMail, send_mail};
use freshtrack_domain::people::EmailAddress;
use freshtrack_domain::text::Name;
use freshtrack_domain::time::Span;
use freshtrack_testkit::RecordedLetters;

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// What is written because of `occasion`: the reader, the subject and the text.
async fn written(desk: &Desk, occasion: Occasion) -> Option<(EmailAddress, String, String)> {
    let mailer = RecordedLetters::default();
    let ports = SendMail {
        records: &desk.records,
        mailer: &mailer,
        clock: &desk.clock,
        app_url: "https://app.example",
    };
    let job = MailJob {
        to: EMAIL.parse().unwrap(),
        at: START,
        occasion,
    };
    // What waits in the queue is JSON.
    let job: MailJob = serde_json::from_str(&serde_json::to_string(&job).unwrap()).unwrap();
    send_mail(&ports, &job).await.unwrap();
    let sent = mailer.take().pop();
    sent.map(|(to, letter)| (to, letter.subject.clone(), letter.text()))
}

fn occasions() -> [Occasion; 4] {
    let token = || "4c8wt1xez6n0g3qy5j8bkr2vd7msfh1t".to_owned();
    [
        Occasion::SignUp {
            name: Some(name("Ann")),
            token: token(),
        },
        Occasion::SignUp {
            name: None,
            token: token(),
        },
        Occasion::PasswordReset { token: token() },
        Occasion::Notice {
            notice: Notice::PasswordChanged,
        },
    ]
}

#[tokio::test]
async fn strangers_get_what_they_asked_for_and_nothing_else() {
    let desk = Desk::new();
    let mut texts = Vec::new();
    for occasion in occasions() {
        texts.push(written(&desk, occasion).await);
    }
    let [Some((to, subject, text)), None, None, None] = &texts[..] else {
        panic!("{texts:?}");
    };
    assert_eq!(
        (to.as_str(), subject.as_str()),
        (EMAIL, "Confirm your address for FreshTrack")
    );
    assert!(
        text.contains("https://app.example/#verify-email=4c8wt1xez6n0g3qy5j8bkr2vd7msfh1t"),
        "{text}"
    );
    assert!(text.contains("2026-09-21T"), "{text}");
}

#[tokio::test]
async fn who_has_an_account_is_told_so_and_gets_no_second_one() {
    let desk = Desk::new();
    desk.account(EMAIL).await;
    let mut subjects = Vec::new();
    for occasion in occasions() {
        let (_, subject, text) = written(&desk, occasion).await.expect("a mail");
        assert!(!text.contains("verify-email"), "{text}");
        subjects.push(subject);
    }
    assert_eq!(
        subjects,
        [
            "You already have a FreshTrack account",
            "You already have a FreshTrack account",
            "Set a new password for FreshTrack",
            "Your FreshTrack password was changed",
        ]
    );
}

#[tokio::test]
async fn an_invitation_says_who_invites_where() {
    let desk = Desk::new();
    let invitation = Occasion::Invitation {
        organization: name("Lakeside Diner"),
        invited_by: name("Bob <b>"),
        token: "t0k3n".to_owned(),
        expires_at: START + Span::hours(24),
    };
    let (_, subject, text) = written(&desk, invitation).await.unwrap();
    assert_eq!(subject, "Bob <b> invites you to Lakeside Diner");
    assert!(
        text.contains("https://app.example/#accept-invitation=t0k3n"),
        "{text}"
    );
}

#[tokio::test]
async fn a_mail_that_was_not_taken_is_tried_again() {
    let desk = Desk::new();
    let mailer = RecordedLetters::default();
    mailer.faults.fail("mailer.send", PortErrorKind::Throttled, 1);
    let ports = SendMail {
        records: &desk.records,
        mailer: &mailer,
        clock: &desk.clock,
        app_url: "https://app.example",
    };
    let [first, ..] = occasions();
    let job = MailJob {
        to: EMAIL.parse().unwrap(),
        at: START,
        occasion: first,
    };
    assert_eq!(
        send_mail(&ports, &job).await.unwrap_err().kind,
        PortErrorKind::Throttled
    );
    send_mail(&ports, &job).await.unwrap();
    assert_eq!(mailer.take().len(), 1);
}
