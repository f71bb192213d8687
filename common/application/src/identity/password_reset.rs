//! New passwords: for who forgot theirs, and for who knows it.

use super::one_use::Grant;
use super::password::{self, Verdict};
use super::throttling::{MAIL_FROM_ADDRESS, PASSWORD};
use super::{Accounts, Origin, account, me, one_use, sessions, settled, sign_up, throttling};
use crate::error::{Failure, Refusal};
use crate::mail::{MailJob, Notice, Occasion};
use crate::ports::{MailLane, Owner};
use crate::registry::Change;
use crate::scope::{Actor, SignedIn};
use freshtrack_contracts::identity::{ChangePassword, ResetPassword, SendMail};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::people::{Credentials, EmailAddress, Password, Session};
use freshtrack_domain::time::Span;

/// How long a new password can be set by a mail.
const RESET_WITHIN: Span = Span::hours(1);

/// Sends a mail by which a new password can be set. Whoever sends it finds out whether there is an account.
///
/// # Errors
/// Refused after too many requests.
pub async fn request_password_reset(
    accounts: &Accounts<'_>,
    mail: &dyn MailLane,
    origin: Origin<'_>,
    input: SendMail,
) -> Result<(), Failure> {
    let SendMail { email } = input;
    sign_up::admit(accounts, origin, &email).await?;
    let grant = Grant::ResetPassword { email: email.clone() };
    let token = one_use::issue(accounts, &grant, RESET_WITHIN, None).await?;
    let occasion = Occasion::PasswordReset {
        token: token.reveal().to_owned(),
    };
    mail.hand_over(&MailJob {
        to: email,
        at: accounts.clock.now(),
        occasion,
    })
    .await?;
    Ok(())
}

/// Sets a new password by the token in the mail, and ends all sessions. The second factor stays.
///
/// # Errors
/// Refused when the token is none, was used or is over, and when the password is not good enough.
pub async fn reset_password(
    accounts: &Accounts<'_>,
    mail: &dyn MailLane,
    origin: Origin<'_>,
    input: ResetPassword,
) -> Result<(), Failure> {
    let party = throttling::party(origin.address);
    MAIL_FROM_ADDRESS
        .take(accounts.throttle, accounts.clock, &party)
        .await?;
    let email = settled(|| reset(accounts, &input)).await?;
    me::notify(accounts, mail, &email, Notice::PasswordChanged).await;
    Ok(())
}

/// Resets a password; whose.
async fn reset(accounts: &Accounts<'_>, input: &ResetPassword) -> Result<EmailAddress, Failure> {
    let over = || {
        Refusal::new(
            ProblemCode::NotFound,
            "This link is not valid any more. Ask for another one.",
        )
    };
    let presented = one_use::find(accounts, &input.token.0).await?.ok_or_else(over)?;
    let Grant::ResetPassword { email } = &presented.grant else {
        return Err(over().into());
    };
    let user_id = account::holder_of(accounts.records, accounts.clock, email).await?;
    let user_id = user_id.ok_or_else(over)?;
    let account = account::find(accounts.records, user_id).await?.ok_or_else(over)?;
    let change = Change::new(
        Owner::User(user_id),
        &Actor::new(user_id),
        "password.reset",
        user_id,
    );
    let (change, _) = new_password(accounts, &account, &input.password, change, |_| true).await?;
    accounts.registry().commit(presented.use_up(change)).await?;
    Ok(account.user.record.email)
}

/// Changes the password of a person who knows it, and ends their other sessions.
///
/// # Errors
/// Refused when the present password is wrong or the new one not good enough, and after too many attempts.
pub async fn change_password(
    accounts: &Accounts<'_>,
    mail: &dyn MailLane,
    person: SignedIn,
    input: ChangePassword,
) -> Result<(), Failure> {
    let (throttle, clock) = (accounts.throttle, accounts.clock);
    let subject = throttling::account(person.user_id);
    PASSWORD.take(throttle, clock, &subject).await?;
    let email = settled(|| exchange(accounts, person, &input)).await?;
    PASSWORD.forget(throttle, clock, &subject).await;
    me::notify(accounts, mail, &email, Notice::PasswordChanged).await;
    Ok(())
}

/// Puts the new password in place of the present one; whose.
async fn exchange(
    accounts: &Accounts<'_>,
    person: SignedIn,
    input: &ChangePassword,
) -> Result<EmailAddress, Failure> {
    let account = account::of_person(accounts.records, person).await?;
    let credentials = &account.credentials.record;
    if password::verify(&input.current_password, Some(credentials))? == Verdict::Wrong {
        return Err(Refusal::invalid("The present password is wrong.")
            .about("current_password")
            .into());
    }
    let change = Change::new(
        Owner::User(person.user_id),
        &person.actor(),
        "password.changed",
        person.user_id,
    );
    let others = |session: &Session| session.id != person.session_id;
    let (change, _) = new_password(accounts, &account, &input.password, change, others).await?;
    accounts.registry().commit(change).await?;
    Ok(account.user.record.email)
}

/// Adds to `change` a new password and the end of the sessions that are `chosen`; how many that are.
pub(super) async fn new_password(
    accounts: &Accounts<'_>,
    account: &account::Account,
    password: &Password,
    change: Change,
    chosen: impl Fn(&Session) -> bool,
) -> Result<(Change, usize), Failure> {
    let user = &account.user.record;
    password::judge(password, &user.email, &user.name)?;
    let credentials = Credentials {
        password: password::hash(password, accounts.ids)?,
        password_since: accounts.clock.now(),
        ..account.credentials.record.clone()
    };
    let change = change.replace(&credentials, account.credentials.rev)?;
    let (change, ended) = sessions::ending(accounts, user.id, change, chosen).await?;
    let change = change.detail("sessions_ended", ended);
    Ok((change, ended))
}
