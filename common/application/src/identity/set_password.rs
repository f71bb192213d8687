//! Sets a password in place of its holder: an operator's way to the first account and out of a dead end.

use super::{Accounts, account, password, password_reset, settled};
use crate::error::{Failure, Refusal};
use crate::ports::Owner;
use crate::registry::Change;
use crate::scope::Actor;
use freshtrack_contracts::identity::{PasswordSet, SetPassword};
use freshtrack_domain::people::{Locale, User};

/// The operator, as the audit chain names them: who may call the function is known to AWS, not to us.
const ACTOR: &str = "operator";

/// Sets the password of an account and ends all its sessions; creates the account, its address taken for verified, if
/// there is none and a name is given. The second factor stays.
///
/// # Errors
/// Refused when the password is not good enough, and when there is no such account and no name for a new one.
pub async fn set_password(accounts: &Accounts<'_>, input: SetPassword) -> Result<PasswordSet, Failure> {
    settled(|| set(accounts, input.clone())).await
}

async fn set(accounts: &Accounts<'_>, input: SetPassword) -> Result<PasswordSet, Failure> {
    let SetPassword {
        email,
        password,
        name,
    } = input;
    let actor = Actor::new(ACTOR);
    let holder = account::holder_of(accounts.records, accounts.clock, &email).await?;
    let account = match holder {
        Some(user_id) => account::find(accounts.records, user_id).await?,
        None => None,
    };
    if let Some(account) = account {
        let user_id = account.user.record.id;
        let change = Change::new(Owner::User(user_id), &actor, "password.set", user_id);
        let (change, sessions_ended) =
            password_reset::new_password(accounts, &account, &password, change, |_| true).await?;
        accounts.registry().commit(change).await?;
        return Ok(PasswordSet {
            user_id,
            created: false,
            sessions_ended,
        });
    }
    let name = name
        .ok_or_else(|| Refusal::not_found("account; to create one with this address, give a name as well"))?;
    password::judge(&password, &email, &name)?;
    let now = accounts.clock.now();
    let user = User {
        id: accounts.ids.id(now),
        email,
        name,
        locale: Locale::default(),
        phone: None,
        created_at: now,
    };
    let change = account::creation(accounts, &actor, &user, password::hash(&password, accounts.ids)?)?;
    accounts.registry().commit(change).await?;
    Ok(PasswordSet {
        user_id: user.id,
        created: true,
        sessions_ended: 0,
    })
}
