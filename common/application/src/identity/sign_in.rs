//! Signing in: by password, and by a second factor where there is one.

use super::one_use::{Grant, Presented};
use super::password::Verdict;
use super::sessions::{self, NewSession, Started};
use super::throttling::{CODE, PASSWORD, PASSWORD_FROM_ADDRESS, SIGN_IN_FROM_ADDRESS};
use super::totp::{self, Factor};
use super::{AccessTokens, Accounts, Origin, account, me, one_use, password, settled, throttling};
use crate::error::{Failure, Refusal};
use crate::mail::Notice;
use crate::ports::{MailLane, Vault};
use freshtrack_contracts::identity::{SecondStep, SignIn, SignInReply, Tokens};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::ids::{Id, Ulid, UserId};
use freshtrack_domain::people::{Credentials, EmailAddress};
use freshtrack_domain::time::Span;

/// How long the second step may take.
const SECOND_STEP_WITHIN: Span = Span::minutes(5);

/// Signs a person in by password, or asks for the second step.
///
/// # Errors
/// Refused when the password is wrong or there is no such account, which look the same, and after too many attempts.
pub async fn sign_in(
    accounts: &Accounts<'_>,
    vault: &dyn Vault,
    tokens: &AccessTokens,
    origin: Origin<'_>,
    input: SignIn,
) -> Result<SignInReply, Failure> {
    let (throttle, clock) = (accounts.throttle, accounts.clock);
    let party = throttling::party(origin.address);
    let subject = throttling::address_of_account(&input.email);
    let subject_from = format!("{subject} from {party}");
    SIGN_IN_FROM_ADDRESS.take(throttle, clock, &party).await?;
    PASSWORD_FROM_ADDRESS.take(throttle, clock, &subject_from).await?;
    PASSWORD.take(throttle, clock, &subject).await?;

    let (session, user_id) = settled(|| enter(accounts, origin, &input)).await?;
    PASSWORD_FROM_ADDRESS.forget(throttle, clock, &subject_from).await;
    PASSWORD.forget(throttle, clock, &subject).await;
    if let Some(session) = session {
        return Ok(SignInReply::SignedIn(
            session.tokens(accounts, vault, tokens).await?,
        ));
    }
    let grant = Grant::SecondStep { user_id };
    let challenge = one_use::issue(accounts, &grant, SECOND_STEP_WITHIN, None).await?;
    Ok(SignInReply::SecondFactor {
        challenge: challenge.reveal().to_owned().into(),
    })
}

/// Whose address and password these are, and their session unless a second factor is to be shown first.
async fn enter(
    accounts: &Accounts<'_>,
    origin: Origin<'_>,
    input: &SignIn,
) -> Result<(Option<Started>, UserId), Failure> {
    let holder = account::holder_of(accounts.records, accounts.clock, &input.email).await?;
    // Nobody's identifier: where there is no account, one is looked for all the same, and takes as long.
    let user_id = holder.unwrap_or_else(|| UserId::from_ulid(Ulid::from_parts(0, 0)));
    let account = account::find(accounts.records, user_id).await?;
    let credentials = account.as_ref().map(|account| &account.credentials.record);
    let verdict = password::verify(&input.password, credentials)?;
    let Some(account) = account.filter(|_| verdict != Verdict::Wrong) else {
        return Err(Refusal::new(
            ProblemCode::NotSignedIn,
            "The address or the password is wrong. If you have just signed up, open the link in the mail first.",
        )
        .into());
    };
    let credentials = &account.credentials.record;
    if credentials.second_factor.is_some() {
        return Ok((None, user_id));
    }
    let rehashed = match verdict {
        Verdict::Outdated => Some(Credentials {
            password: password::hash(&input.password, accounts.ids)?,
            ..credentials.clone()
        }),
        _ => None,
    };
    let started = NewSession {
        account: &account,
        credentials: rehashed,
        second_factor: None,
        user_agent: origin.user_agent,
    };
    let session = sessions::start(accounts, started, |change| change).await?;
    Ok((Some(session), user_id))
}

/// Completes a sign-in by a code.
///
/// # Errors
/// Refused when the challenge is over or was used, when the code is wrong or was taken before, and after too many
/// attempts.
pub async fn second_step(
    accounts: &Accounts<'_>,
    vault: &dyn Vault,
    tokens: &AccessTokens,
    mail: &dyn MailLane,
    origin: Origin<'_>,
    input: SecondStep,
) -> Result<Tokens, Failure> {
    let (throttle, clock) = (accounts.throttle, accounts.clock);
    let (user_id, _) = challenged(accounts, &input).await?;
    let subject = throttling::account(user_id);
    CODE.take(throttle, clock, &subject).await?;
    let (session, factor, email) = settled(|| prove(accounts, vault, origin, &input)).await?;
    CODE.forget(throttle, clock, &subject).await;
    if factor == Factor::RecoveryCode {
        me::notify(accounts, mail, &email, Notice::RecoveryCodeUsed).await;
    }
    session.tokens(accounts, vault, tokens).await
}

/// Whose sign-in the challenge is for.
async fn challenged(accounts: &Accounts<'_>, input: &SecondStep) -> Result<(UserId, Presented), Failure> {
    let presented = one_use::find(accounts, &input.challenge.0).await?;
    let challenged = presented.and_then(|presented| match presented.grant {
        Grant::SecondStep { user_id } => Some((user_id, presented)),
        _ => None,
    });
    Ok(challenged.ok_or_else(again)?)
}

/// The session of who shows a code, what it was, and where to write to.
async fn prove(
    accounts: &Accounts<'_>,
    vault: &dyn Vault,
    origin: Origin<'_>,
    input: &SecondStep,
) -> Result<(Started, Factor, EmailAddress), Failure> {
    let (user_id, presented) = challenged(accounts, input).await?;
    let account = account::find(accounts.records, user_id).await?;
    let account = account.ok_or_else(again)?;
    let proven = totp::prove(vault, accounts.clock, &account.credentials.record, &input.code.0).await?;
    let Some((factor, credentials)) = proven else {
        return Err(Refusal::new(ProblemCode::NotSignedIn, totp::WRONG_CODE)
            .about("code")
            .into());
    };
    let started = NewSession {
        account: &account,
        credentials: Some(credentials),
        second_factor: Some(factor),
        user_agent: origin.user_agent,
    };
    let session = sessions::start(accounts, started, |change| presented.use_up(change)).await?;
    Ok((session, factor, account.user.record.email))
}

fn again() -> Refusal {
    Refusal::new(
        ProblemCode::NotSignedIn,
        "This sign-in took too long or is complete already. Begin again with your password.",
    )
}
