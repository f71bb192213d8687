//! Accounts: finding them, and making new ones.

use super::Accounts;
use crate::error::{Failure, PortError, PortErrorKind, Refusal};
use crate::ports::{Claim, ClaimSpace, Clock, Holder, Owner, Records, Stored};
use crate::registry::Change;
use crate::scope::{Actor, SignedIn};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::ids::UserId;
use freshtrack_domain::people::{Credentials, EmailAddress, User};
use futures_util::future;
use serde_json::Value;

/// The claim of the account with this address.
pub(crate) fn email_claim(email: &EmailAddress) -> Claim {
    Claim {
        space: ClaimSpace::Email,
        name: email.to_string(),
    }
}

/// A person with what proves that it is they.
pub(super) struct Account {
    pub(super) user: Stored<User>,
    pub(super) credentials: Stored<Credentials>,
}

/// Whose address this is.
pub(super) async fn holder_of(
    records: &dyn Records,
    clock: &dyn Clock,
    email: &EmailAddress,
) -> Result<Option<UserId>, PortError> {
    let holder = records.holder(&email_claim(email), clock.now()).await?;
    holder
        .map(|holder| {
            let id = holder.id.parse();
            id.map_err(|error| PortError::because("accounts.holder", PortErrorKind::Corrupt, error))
        })
        .transpose()
}

/// The account of `user_id`.
pub(super) async fn find(records: &dyn Records, user_id: UserId) -> Result<Option<Account>, PortError> {
    let owner = Owner::User(user_id);
    let (user, credentials) = future::try_join(
        records.get::<User>(owner, user_id),
        records.get::<Credentials>(owner, user_id),
    )
    .await?;
    Ok(user
        .zip(credentials)
        .map(|(user, credentials)| Account { user, credentials }))
}

/// The account of a person who has signed in.
pub(super) async fn of_person(records: &dyn Records, person: SignedIn) -> Result<Account, Failure> {
    let account = find(records, person.user_id).await?;
    Ok(account.ok_or_else(|| Refusal::new(ProblemCode::NotSignedIn, "The account is gone."))?)
}

/// The change that creates `user`.
pub(super) fn creation(
    accounts: &Accounts<'_>,
    actor: &Actor,
    user: &User,
    password: String,
) -> Result<Change, PortError> {
    let credentials = Credentials {
        user_id: user.id,
        password,
        password_since: accounts.clock.now(),
        second_factor: None,
        enrolment: None,
    };
    let holder = Holder {
        id: user.id.to_string(),
        data: Value::Null,
        expires_at: None,
    };
    Ok(Change::new(Owner::User(user.id), actor, "user.created", user.id)
        .detail("email", user.email.masked())
        .insert(user)?
        .insert(&credentials)?
        .claim(
            email_claim(&user.email),
            holder,
            Refusal::new(
                ProblemCode::Conflict,
                "There is an account with this address already. Sign in, or set a new password.",
            ),
        ))
}
