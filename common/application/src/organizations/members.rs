//! What members are and how they go.

use super::people::view;
use super::{Office, event};
use crate::error::{Failure, Refusal};
use crate::places::{At, unchanged};
use crate::ports::Stored;
use crate::registry::Change;
use crate::scope::Caller;
use freshtrack_contracts::events::{Event, Happening};
use freshtrack_contracts::members::{MemberView, UpdateMember};
use freshtrack_contracts::organizations::TransferOwnership;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::ids::{OrgId, UserId};
use freshtrack_domain::people::Member;

/// Gives a member another role or other sites.
///
/// # Errors
/// Refused when there is no such member, when they are no longer as the caller read them, and when the caller may not
/// give or take one of the roles or sites.
pub async fn update_member(
    office: &Office<'_>,
    caller: &Caller,
    user_id: UserId,
    read: Option<u64>,
    input: UpdateMember,
) -> Result<At<MemberView>, Failure> {
    let acting = acting_member(office, caller).await?;
    let stored = managed_member(office, caller, &acting.record, user_id).await?;
    unchanged(read, stored.rev)?;
    let member = Member {
        role: input.role.unwrap_or(stored.record.role),
        sites: input.sites.unwrap_or_else(|| stored.record.sites.clone()),
        ..stored.record.clone()
    };
    if member == stored.record {
        return Ok(At {
            view: view(office, &member, true).await?,
            rev: stored.rev,
        });
    }
    if !acting.record.may_give(member.role, &member.sites) {
        return Err(may_not(format!("make somebody {}", within(&member))).into());
    }
    // Whoever acts must still be what allowed it: two who take each other's role away cannot both succeed.
    let change = Change::new(caller.scope, &caller.actor, "member.updated", user_id)
        .detail("role", format!("{} -> {}", stored.record.role, member.role))
        .detail(
            "sites",
            format!("{} -> {}", count(&stored.record.sites), count(&member.sites)),
        )
        .replace(&member, stored.rev)?
        .expect(&acting)
        .publish(member_changed(office, caller.scope.org_id(), user_id, stored.rev));
    office.registry().commit(change).await?;
    Ok(At {
        view: view(office, &member, true).await?,
        rev: stored.rev.saturating_add(1),
    })
}

/// Removes a member.
///
/// # Errors
/// Refused when there is no such member, and when the caller may not manage them.
pub async fn remove_member(office: &Office<'_>, caller: &Caller, user_id: UserId) -> Result<(), Failure> {
    let acting = acting_member(office, caller).await?;
    let stored = managed_member(office, caller, &acting.record, user_id).await?;
    let change = Change::new(caller.scope, &caller.actor, "member.removed", user_id)
        .detail("role", stored.record.role)
        .remove(&stored)
        .expect(&acting)
        .publish(member_changed(office, caller.scope.org_id(), user_id, stored.rev));
    office.registry().commit(change).await
}

/// The caller leaves the organization.
///
/// # Errors
/// Refused to the last owner, and to whoever acts for somebody else.
pub async fn leave_organization(office: &Office<'_>, caller: &Caller) -> Result<(), Failure> {
    let acting = acting_member(office, caller).await?;
    if caller.actor.acting_as.is_some() {
        return Err(may_not("leave for somebody else".to_owned()).into());
    }
    let user_id = acting.record.user_id;
    let change = Change::new(caller.scope, &caller.actor, "member.left", user_id)
        .detail("role", acting.record.role)
        .remove(&acting)
        .publish(member_changed(office, caller.scope.org_id(), user_id, acting.rev));
    let change = keep_an_owner(office, caller, change, &acting.record).await?;
    office.registry().commit(change).await
}

/// Makes another member the owner; the caller becomes an administrator.
///
/// # Errors
/// Refused when there is no such member, and to whoever is no owner any more.
pub async fn transfer_ownership(
    office: &Office<'_>,
    caller: &Caller,
    input: &TransferOwnership,
) -> Result<(), Failure> {
    let acting = acting_member(office, caller).await?;
    if acting.record.role != Role::Owner {
        return Err(may_not("hand on what is not yours".to_owned()).into());
    }
    if acting.record.user_id == input.user_id {
        return Err(Refusal::new(ProblemCode::Conflict, "You own the organization already.").into());
    }
    let heir = office.records.get::<Member>(caller.scope, input.user_id).await?;
    let heir = heir.ok_or_else(|| Refusal::not_found("member"))?;
    let stepping_down = Member {
        role: Role::Admin,
        ..acting.record
    };
    let owner = Member {
        role: Role::Owner,
        sites: Sites::All,
        ..heir.record
    };
    let change = Change::new(
        caller.scope,
        &caller.actor,
        "organization.ownership_transferred",
        owner.user_id,
    )
    .detail("from", stepping_down.user_id)
    .replace(&owner, heir.rev)?
    .replace(&stepping_down, acting.rev)?
    .publish(member_changed(
        office,
        caller.scope.org_id(),
        owner.user_id,
        heir.rev,
    ))
    .publish(member_changed(
        office,
        caller.scope.org_id(),
        stepping_down.user_id,
        acting.rev,
    ));
    office.registry().commit(change).await
}

/// The member that the caller is, or for whom they act.
///
/// # Errors
/// Refused to machines and to whoever has been removed meanwhile.
pub(super) async fn acting_member(office: &Office<'_>, caller: &Caller) -> Result<Stored<Member>, Failure> {
    let own = caller.actor.acting_as.or_else(|| caller.actor.id.parse().ok());
    let member = match own {
        Some(user_id) => office.records.get::<Member>(caller.scope, user_id).await?,
        None => None,
    };
    member.ok_or_else(|| may_not("do what only members can".to_owned()).into())
}

/// The member `user_id`, if the caller may manage them.
async fn managed_member(
    office: &Office<'_>,
    caller: &Caller,
    acting: &Member,
    user_id: UserId,
) -> Result<Stored<Member>, Failure> {
    let stored = office.records.get::<Member>(caller.scope, user_id).await?;
    let stored = stored
        .filter(|stored| acting.sites.meet(&stored.record.sites))
        .ok_or_else(|| Refusal::not_found("member"))?;
    if acting.may_manage(&stored.record) {
        Ok(stored)
    } else {
        Err(may_not(format!("change a member who is {}", within(&stored.record))).into())
    }
}

/// `change`, which takes `leaving` away, on condition that an owner remains.
///
/// # Errors
/// Refused when there is no other.
pub(super) async fn keep_an_owner(
    office: &Office<'_>,
    caller: &Caller,
    change: Change,
    leaving: &Member,
) -> Result<Change, Failure> {
    if leaving.role != Role::Owner {
        return Ok(change);
    }
    let members = office.records.all::<Member>(caller.scope).await?;
    let other = |member: &&Stored<Member>| {
        member.record.role == Role::Owner && member.record.user_id != leaving.user_id
    };
    // Unchanged until this change is made: of two owners who leave at once, one finds the other gone.
    match members.iter().find(other) {
        Some(other) => Ok(change.expect(other)),
        None => Err(Refusal::new(
            ProblemCode::Conflict,
            "An organization has at least one owner. Hand the ownership on first, or delete the organization.",
        )
        .into()),
    }
}

pub(super) fn member_changed(office: &Office<'_>, org_id: OrgId, user_id: UserId, rev: u64) -> Event {
    let what = Happening::MemberChanged { user_id };
    event(office, org_id, user_id, rev, what)
}

pub(super) fn may_not(what: String) -> Refusal {
    Refusal::new(ProblemCode::MissingRight, format!("You may not {what}."))
}

/// What somebody is, in words.
pub(super) fn within(member: &Member) -> String {
    match &member.sites {
        Sites::All => format!("{} for all sites", member.role),
        Sites::Only(_) => format!("{} for these sites", member.role),
    }
}

/// How many sites, for the audit chain.
fn count(sites: &Sites) -> String {
    match sites {
        Sites::All => "all".to_owned(),
        Sites::Only(sites) => sites.len().to_string(),
    }
}
