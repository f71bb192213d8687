//! Signing in: by password, and by a second factor where there is one.

use super::account::Account;
use super::one_use::Grant;
use super::password::Verdict;
use super::sessions::{self, NewSession};
use super::throttling::{CODE, PASSWORD, PASSWORD_FROM_ADDRESS, SIGN_IN_FROM_ADDRESS};
use super::totp::{self, Factor};
use super::{AccessTokens, Accounts, Origin, account, one_use, password, throttling};
use crate::error::{Failure, Refusal};
use crate::mail::Notice;
use crate::ports::{MailLane, Vault};
use freshtrack_contracts::identity::{SecondStep, SignIn, SignInReply, Tokens};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::ids::{Id, Ulid, UserId};
use freshtrack_domain::people::Credentials;
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

    let holder = account::holder_of(accounts.records, clock, &input.email).await?;
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
    PASSWORD_FROM_ADDRESS.forget(throttle, clock, &subject_from).await;
    PASSWORD.forget(throttle, clock, &subject).await;

    if account.credentials.record.second_factor.is_some() {
        let grant = Grant::SecondStep { user_id };
        let challenge = one_use::issue(accounts, &grant, SECOND_STEP_WITHIN, None).await?;
        return Ok(SignInReply::SecondFactor {
            challenge: challenge.reveal().to_owned().into(),
        });
    }
    let rehashed = match verdict {
        Verdict::Outdated => Some(Credentials {
            password: password::hash(&input.password, accounts.ids)?,
            ..account.credentials.record.clone()
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
    Ok(SignInReply::SignedIn(
        session.tokens(accounts, vault, tokens).await?,
    ))
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
    let presented = one_use::find(accounts, &input.challenge.0).await?;
    let Some((user_id, presented)) = presented.and_then(|presented| match presented.grant {
        Grant::SecondStep { user_id } => Some((user_id, presented)),
        _ => None,
    }) else {
        return Err(again().into());
    };
    let subject = throttling::account(user_id);
    CODE.take(throttle, clock, &subject).await?;
    let account = account::find(accounts.records, user_id).await?;
    let account: Account = account.ok_or_else(again)?;
    let proven = totp::prove(vault, clock, &account.credentials.record, &input.code.0).await?;
    let Some((factor, credentials)) = proven else {
        return Err(Refusal::new(ProblemCode::NotSignedIn, totp::WRONG_CODE).into());
    };
    let started = NewSession {
        account: &account,
        credentials: Some(credentials),
        second_factor: Some(factor),
        user_agent: origin.user_agent,
    };
    let session = sessions::start(accounts, started, |change| presented.use_up(change)).await?;
    CODE.forget(throttle, clock, &subject).await;
    if factor == Factor::RecoveryCode {
        super::me::notify(
            accounts,
            mail,
            &account.user.record.email,
            Notice::RecoveryCodeUsed,
        )
        .await;
    }
    session.tokens(accounts, vault, tokens).await
}

fn again() -> Refusal {
    Refusal::new(
        ProblemCode::NotSignedIn,
        "This sign-in took too long or is complete already. Begin again with your password.",
    )
}
