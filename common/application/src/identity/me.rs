//! A person, as they see themselves.

use super::{Accounts, account};
use crate::error::{Failure, PortError};
use crate::mail::{MailJob, Notice, Occasion};
use crate::organizations::supported;
use crate::places::{At, unchanged};
use crate::ports::{Clock, MailLane, Owner, Record, Records};
use crate::registry::Change;
use crate::scope::{OrgScope, SignedIn};
use freshtrack_contracts::identity::{Me, MembershipView, UpdateMe, UserView};
use freshtrack_domain::ids::OrgId;
use freshtrack_domain::people::{EmailAddress, Member, User};
use freshtrack_domain::place::Organization;
use futures_util::future;

/// Who the person is, where they belong and whom they support. Organizations that were deleted are left out.
///
/// # Errors
/// Refused when the account is gone.
pub async fn get_me(records: &dyn Records, clock: &dyn Clock, person: SignedIn) -> Result<At<Me>, Failure> {
    let (account, memberships, support) = future::try_join3(
        account::of_person(records, person),
        async { memberships(records, person).await.map_err(Failure::from) },
        async { support(records, clock, person).await.map_err(Failure::from) },
    )
    .await?;
    Ok(At {
        view: Me {
            user: view(&account),
            memberships,
            support,
        },
        rev: account.user.rev,
    })
}

async fn memberships(records: &dyn Records, person: SignedIn) -> Result<Vec<MembershipView>, PortError> {
    let found = records.of_person(person.user_id, Member::KIND).await?;
    let memberships = found.into_iter().map(|found| async move {
        let Owner::Org(org_id) = found.owner else {
            return Ok::<_, PortError>(None);
        };
        membership(records, org_id, &found.read::<Member>()?.record).await
    });
    let memberships = future::try_join_all(memberships).await?;
    Ok(memberships.into_iter().flatten().collect())
}

/// What the person is in the place of whom they support.
async fn support(
    records: &dyn Records,
    clock: &dyn Clock,
    person: SignedIn,
) -> Result<Option<MembershipView>, PortError> {
    match supported(records, clock, person).await? {
        Some(supported) => membership(records, supported.org_id, &supported.member).await,
        None => Ok(None),
    }
}

/// What `member` is in the organization, unless that was deleted.
async fn membership(
    records: &dyn Records,
    org_id: OrgId,
    member: &Member,
) -> Result<Option<MembershipView>, PortError> {
    let scope = OrgScope::granted(org_id);
    let organization = records.get::<Organization>(scope, org_id).await?;
    let organization = organization.filter(|stored| stored.record.deleted.is_none());
    Ok(organization.map(|organization| MembershipView::new(&organization.record, member)))
}

fn view(account: &account::Account) -> UserView {
    let user = &account.user.record;
    let factor = account.credentials.record.second_factor.as_ref();
    UserView {
        id: user.id,
        email: user.email.clone(),
        name: user.name.clone(),
        locale: user.locale.clone(),
        phone: user.phone.clone(),
        second_factor: factor.is_some(),
        recovery_codes_left: factor.map_or(0, |factor| factor.recovery_codes.len()),
        created_at: user.created_at.into(),
    }
}

/// Changes what the person is called, the language they are written to in and the number they are called at.
///
/// # Errors
/// Refused when the account is no longer as the person read it.
pub async fn update_me(
    accounts: &Accounts<'_>,
    person: SignedIn,
    read: Option<u64>,
    input: UpdateMe,
) -> Result<At<UserView>, Failure> {
    let mut account = account::of_person(accounts.records, person).await?;
    let rev = account.user.rev;
    unchanged(read, rev)?;
    let before = account.user.record.clone();
    account.user.record = User {
        name: input.name.unwrap_or_else(|| before.name.clone()),
        locale: input.locale.unwrap_or_else(|| before.locale.clone()),
        ..before.clone()
    };
    input.phone.apply(&mut account.user.record.phone);
    let after = &account.user.record;
    if *after == before {
        return Ok(At {
            view: view(&account),
            rev,
        });
    }
    let changed: Vec<&str> = [
        ("name", after.name != before.name),
        ("locale", after.locale != before.locale),
        ("phone", after.phone != before.phone),
    ]
    .into_iter()
    .filter_map(|(field, changed)| changed.then_some(field))
    .collect();
    let owner = Owner::User(person.user_id);
    let change = Change::new(owner, &person.actor(), "user.updated", person.user_id)
        .detail("fields", changed.join(", "))
        .replace(after, rev)?;
    accounts.registry().commit(change).await?;
    Ok(At {
        view: view(&account),
        rev: rev.saturating_add(1),
    })
}

/// Tells the holder of an account what has happened. It has happened by then, so a notice that cannot be handed over is
/// no reason to refuse.
pub(super) async fn notify(accounts: &Accounts<'_>, mail: &dyn MailLane, to: &EmailAddress, notice: Notice) {
    let job = MailJob {
        to: to.clone(),
        at: accounts.clock.now(),
        occasion: Occasion::Notice { notice },
    };
    if let Err(error) = mail.hand_over(&job).await {
        tracing::error!(%error, notice = ?notice, "a notice was not handed over");
    }
}
