//! Signing up: an account is asked for, a mail is answered, and only then there is one.
//!
//! Nothing here depends on whether the address has an account: the same is read and written, the password is hashed in
//! any case, and what the mail says is decided by whoever sends it.

use super::one_use::{Grant, PendingAccount, Presented};
use super::{Accounts, Origin, account, one_use, password, throttling};
use crate::error::{Failure, PortError, PortErrorKind, Refusal};
use crate::mail::{MailJob, Occasion};
use crate::ports::{Claim, ClaimSpace, Holder, MailLane};
use crate::scope::Actor;
use freshtrack_contracts::identity::{SendMail, SignUp, VerifyEmail};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::people::{EmailAddress, User};
use freshtrack_domain::time::Span;

/// How long an address can be verified.
const VERIFY_WITHIN: Span = Span::hours(24);
/// Who holds the claim of an account that was asked for: the newest request takes it over.
const PENDING: &str = "pending";

/// Asks for an account.
///
/// # Errors
/// Refused when the password is not good enough, or after too many requests.
pub async fn sign_up(
    accounts: &Accounts<'_>,
    mail: &dyn MailLane,
    origin: Origin<'_>,
    input: SignUp,
) -> Result<(), Failure> {
    let SignUp {
        email,
        password,
        name,
        locale,
    } = input;
    admit(accounts, origin, &email).await?;
    password::judge(&password, &email, &name)?;
    let pending = PendingAccount {
        password: password::hash(&password, accounts.ids)?,
        locale: locale.unwrap_or_default(),
        email,
        name,
    };
    let now = accounts.clock.now();
    let kept = Holder {
        id: PENDING.to_owned(),
        data: serde_json::to_value(&pending)
            .map_err(|error| PortError::because("sign_up", PortErrorKind::Corrupt, error))?,
        expires_at: Some(now + VERIFY_WITHIN),
    };
    let claim = pending_claim(&pending.email);
    let (email, name) = (pending.email.clone(), pending.name.clone());
    let grant = Grant::VerifyEmail(pending);
    let token = one_use::issue(accounts, &grant, VERIFY_WITHIN, Some((claim, kept))).await?;
    let occasion = Occasion::SignUp {
        name: Some(name),
        token: token.reveal().to_owned(),
    };
    mail.hand_over(&MailJob {
        to: email,
        at: now,
        occasion,
    })
    .await?;
    Ok(())
}

/// Sends the mail of the newest sign-up with this address again, with a token of its own.
///
/// # Errors
/// Refused after too many requests.
pub async fn resend_verification(
    accounts: &Accounts<'_>,
    mail: &dyn MailLane,
    origin: Origin<'_>,
    input: SendMail,
) -> Result<(), Failure> {
    let SendMail { email } = input;
    admit(accounts, origin, &email).await?;
    let now = accounts.clock.now();
    let pending = accounts.records.holder(&pending_claim(&email), now).await?;
    let pending: Option<PendingAccount> = pending.and_then(|holder| serde_json::from_value(holder.data).ok());
    let name = pending.as_ref().map(|pending| pending.name.clone());
    let grant = pending.map_or(Grant::Nothing, Grant::VerifyEmail);
    let token = one_use::issue(accounts, &grant, VERIFY_WITHIN, None).await?;
    let occasion = Occasion::SignUp {
        name,
        token: token.reveal().to_owned(),
    };
    mail.hand_over(&MailJob {
        to: email,
        at: now,
        occasion,
    })
    .await?;
    Ok(())
}

/// Creates the account that the token in the mail is for.
///
/// # Errors
/// Refused when the token is none, was used or is over, and when the address has got an account in between.
pub async fn verify_email(
    accounts: &Accounts<'_>,
    origin: Origin<'_>,
    input: &VerifyEmail,
) -> Result<(), Failure> {
    let party = throttling::party(origin.address);
    throttling::MAIL_FROM_ADDRESS
        .take(accounts.throttle, accounts.clock, &party)
        .await?;
    let presented = one_use::find(accounts, &input.token.0).await?;
    let Some((pending, presented)) = presented.and_then(of_verification) else {
        return Err(Refusal::new(
            ProblemCode::NotFound,
            "This link is not valid any more. If you have confirmed your address already, sign in; else sign up again.",
        )
        .into());
    };
    let now = accounts.clock.now();
    let user = User {
        id: accounts.ids.id(now),
        email: pending.email,
        name: pending.name,
        locale: pending.locale,
        phone: None,
        created_at: now,
    };
    let change = account::creation(accounts, &Actor::new(user.id), &user, pending.password)?;
    accounts.registry().commit(presented.use_up(change)).await
}

fn of_verification(presented: Presented) -> Option<(PendingAccount, Presented)> {
    match &presented.grant {
        Grant::VerifyEmail(pending) => Some((pending.clone(), presented)),
        _ => None,
    }
}

fn pending_claim(email: &EmailAddress) -> Claim {
    Claim {
        space: ClaimSpace::SignUp,
        name: email.to_string(),
    }
}

/// Lets a request pass that causes a mail to `email`.
pub(super) async fn admit(
    accounts: &Accounts<'_>,
    origin: Origin<'_>,
    email: &EmailAddress,
) -> Result<(), Failure> {
    let (throttle, clock) = (accounts.throttle, accounts.clock);
    let party = throttling::party(origin.address);
    throttling::MAIL_FROM_ADDRESS
        .take(throttle, clock, &party)
        .await?;
    let account = throttling::address_of_account(email);
    throttling::MAIL.take(throttle, clock, &account).await
}
