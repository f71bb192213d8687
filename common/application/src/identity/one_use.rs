//! Tokens that are good for one use: in mails, and between the two steps of a sign-in.
//!
//! They are written without an entry in an audit chain: nothing has been done yet, and often there is nobody whose chain
//! it could be in. What is done by a token is in the chain of whoever it concerns.

use super::Accounts;
use crate::error::{Failure, PortError, PortErrorKind};
use crate::ports::{Claim, ClaimSpace, CommitError, Holder, Step};
use crate::registry::Change;
use freshtrack_domain::ids::UserId;
use freshtrack_domain::people::{EmailAddress, Locale, Secret};
use freshtrack_domain::text::Name;
use freshtrack_domain::time::Span;
use serde::{Deserialize, Serialize};

/// What a token allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "purpose", rename_all = "snake_case")]
pub(super) enum Grant {
    /// To create this very account: not whichever was asked for last with the same address, or a stranger who asks at
    /// the right moment would get their own password confirmed by somebody else.
    VerifyEmail(PendingAccount),
    /// To set a new password for the account with this address.
    ResetPassword { email: EmailAddress },
    /// To complete the sign-in of this person, whose password was right.
    SecondStep { user_id: UserId },
    /// Nothing: there was no reason to give one, and it must not show.
    Nothing,
}

/// An account that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PendingAccount {
    pub(super) email: EmailAddress,
    pub(super) name: Name,
    pub(super) locale: Locale,
    /// The hash of the password.
    pub(super) password: String,
}

impl Grant {
    const fn purpose(&self) -> &'static str {
        match self {
            Self::VerifyEmail(_) => "verify_email",
            Self::ResetPassword { .. } => "reset_password",
            Self::SecondStep { .. } => "second_step",
            Self::Nothing => "nothing",
        }
    }
}

/// A token that was presented and holds.
pub(super) struct Presented {
    pub(super) grant: Grant,
    claim: Claim,
    holder: String,
}

impl Presented {
    /// Uses the token up, as part of `change`.
    pub(super) fn use_up(self, change: Change) -> Change {
        change.release(self.claim, self.holder)
    }
}

fn claim_of(secret: &Secret) -> Claim {
    Claim {
        space: ClaimSpace::Token,
        name: secret.hash().as_str().to_owned(),
    }
}

/// A new token for `grant` that lasts for `life`. What has to be kept beside it is in `beside`.
pub(super) async fn issue(
    accounts: &Accounts<'_>,
    grant: &Grant,
    life: Span,
    beside: Option<(Claim, Holder)>,
) -> Result<Secret, Failure> {
    const OP: &str = "one_use.issue";
    let now = accounts.clock.now();
    let secret = Secret::from_random(accounts.ids.random(), accounts.ids.random());
    let holder = Holder {
        id: grant.purpose().to_owned(),
        data: serde_json::to_value(grant)
            .map_err(|error| PortError::because(OP, PortErrorKind::Corrupt, error))?,
        expires_at: Some(now + life),
    };
    let mut steps = vec![Step::Claim(claim_of(&secret), holder)];
    steps.extend(beside.map(|(claim, holder)| Step::Claim(claim, holder)));
    match accounts.records.commit(&steps, &[], now).await {
        Ok(()) => Ok(secret),
        Err(CommitError::Port(error)) => Err(error.into()),
        // Two at once for the same address: the sender may try again.
        Err(CommitError::Step(_) | CommitError::Busy) => {
            Err(PortError::new(OP, PortErrorKind::Conflict).into())
        }
    }
}

/// What `token` allows; `None` if it was used, is over or never was one of ours.
pub(super) async fn find(accounts: &Accounts<'_>, token: &str) -> Result<Option<Presented>, PortError> {
    let Ok(secret) = token.parse::<Secret>() else {
        return Ok(None);
    };
    let claim = claim_of(&secret);
    let holder = accounts.records.holder(&claim, accounts.clock.now()).await?;
    // Others give tokens for other purposes; those are none here.
    Ok(holder.and_then(|holder| {
        let grant = serde_json::from_value(holder.data).ok()?;
        Some(Presented {
            grant,
            claim,
            holder: holder.id,
        })
    }))
}
