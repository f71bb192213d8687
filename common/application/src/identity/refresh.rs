//! Going on with a session.

use super::{AccessTokens, Accounts, sessions};
use crate::error::{Failure, PortError, PortErrorKind, Refusal};
use crate::ports::{CommitError, Owner, RawRecord, Step, Vault};
use freshtrack_contracts::identity::{Refresh, Tokens};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::people::{RefreshToken, Rotation, Session};

/// How often the session is read again when it was refreshed by somebody else in between.
const ATTEMPTS: usize = 8;

/// Gives new tokens for the newest refresh token of a session.
///
/// The rotation leaves no entry in the audit chain: nobody does anything, a sign-in that is in the chain goes on, every
/// ten minutes for each open page. What ends a session is in the chain.
///
/// # Errors
/// Refused when the session is over, and when the token was followed by another: then the session ends.
pub async fn refresh(
    accounts: &Accounts<'_>,
    vault: &dyn Vault,
    tokens: &AccessTokens,
    input: &Refresh,
) -> Result<Tokens, Failure> {
    const OP: &str = "sessions.refresh";
    let token: RefreshToken = input.refresh_token.0.parse().map_err(|_| over())?;
    let owner = Owner::User(token.user_id);
    for _ in 0..ATTEMPTS {
        let now = accounts.clock.now();
        let stored = accounts.records.get::<Session>(owner, token.session_id).await?;
        let stored = stored
            .filter(|stored| stored.record.lasts(now))
            .ok_or_else(over)?;
        let nonce = accounts.ids.random().to_be_bytes();
        match stored.record.rotate(&token.secret, nonce, now) {
            Rotation::Rotated(session, secret) => {
                let step = Step::Replace(owner, RawRecord::of(&*session)?, stored.rev);
                match accounts.records.commit(&[step], &[], now).await {
                    Ok(()) => return sessions::tokens_of(accounts, vault, tokens, &session, secret).await,
                    Err(CommitError::Port(error)) => return Err(error.into()),
                    // The same token, presented twice at once: the other one made its successor.
                    Err(CommitError::Step(_) | CommitError::Busy) => {}
                }
            }
            Rotation::Repeated(secret) => {
                return sessions::tokens_of(accounts, vault, tokens, &stored.record, secret).await;
            }
            Rotation::Reused => {
                tracing::warn!(user.id = %token.user_id, session.id = %token.session_id, "a refresh token was reused");
                sessions::end_by_reuse(accounts, &stored.record).await?;
                return Err(over().into());
            }
        }
    }
    Err(PortError::new(OP, PortErrorKind::Throttled).into())
}

fn over() -> Refusal {
    Refusal::new(ProblemCode::NotSignedIn, "The session is over. Sign in again.")
}
