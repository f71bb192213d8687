//! The end of an account, and what becomes of the organizations it belongs to (specification 1.4).

use super::lifecycle::mark_deleted;
use super::people::user;
use super::{Office, event};
use crate::error::{Failure, Refusal};
use crate::identity::email_claim;
use crate::ports::{Owner, Record, Stored};
use crate::registry::Change;
use crate::scope::{OrgScope, SignedIn};
use freshtrack_contracts::events::Happening;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Role;
use freshtrack_domain::network::RemovalReason;
use freshtrack_domain::people::{Credentials, Member, Session};
use freshtrack_domain::place::Organization;

/// Deletes the person's account. They leave every organization; one of which they are the last member is deleted. What
/// they did stays in the audit chains under an identifier that is nobody's name any more.
///
/// Each organization is left by a change of its own, and the account goes last: a deletion that was interrupted goes on
/// where it was when it is asked for again.
///
/// # Errors
/// Refused, before anything is changed, while they are the only owner of an organization that others belong to.
pub async fn delete_account(office: &Office<'_>, person: &SignedIn) -> Result<(), Failure> {
    let Some(account) = user(office.records, person.user_id).await? else {
        return Ok(());
    };
    let found = office.records.of_person(person.user_id, Member::KIND).await?;
    let mut partings = Vec::with_capacity(found.len());
    for found in found {
        if let Owner::Org(org_id) = found.owner {
            partings.extend(part(office, person, OrgScope::granted(org_id)).await?);
        }
    }
    for parting in partings {
        office.registry().commit(parting).await?;
    }
    let owner = Owner::User(person.user_id);
    let mut change = Change::new(owner, &person.actor(), "user.deleted", person.user_id)
        .remove(&account)
        .release(email_claim(&account.record.email), person.user_id);
    if let Some(credentials) = office.records.get::<Credentials>(owner, person.user_id).await? {
        change = change.remove(&credentials);
    }
    for session in office.records.all::<Session>(owner).await? {
        change = change.remove(&session);
    }
    office.registry().commit(change).await
}

/// The change by which the person leaves the organization, if they belong to it.
async fn part(office: &Office<'_>, person: &SignedIn, scope: OrgScope) -> Result<Option<Change>, Failure> {
    // Read again: what is found by a person may be a moment old.
    let Some(own) = office.records.get::<Member>(scope, person.user_id).await? else {
        return Ok(None);
    };
    let change = Change::new(scope, &person.actor(), "member.left", person.user_id)
        .detail("role", own.record.role)
        .detail("reason", "account_deleted")
        .remove(&own)
        .publish(event(
            office,
            scope.org_id(),
            person.user_id,
            own.rev,
            Happening::MemberChanged {
                user_id: person.user_id,
            },
        ));
    let organization = office.records.get::<Organization>(scope, scope.org_id()).await?;
    let Some(organization) = organization.filter(|stored| stored.record.deleted.is_none()) else {
        return Ok(Some(change));
    };
    let members = office.records.all::<Member>(scope).await?;
    let mut others = members
        .iter()
        .filter(|member| member.record.user_id != person.user_id)
        .peekable();
    if others.peek().is_none() {
        let (by, reason) = (person.user_id.to_string(), RemovalReason::UserDeleted);
        return mark_deleted(office, change, &organization, &by, reason).map(Some);
    }
    if own.record.role != Role::Owner {
        return Ok(Some(change));
    }
    let heir: Option<&Stored<Member>> = others.find(|member| member.record.role == Role::Owner);
    let heir = heir.ok_or_else(|| {
        Refusal::new(
            ProblemCode::Conflict,
            format!(
                "You are the only owner of \"{}\". Hand the ownership on first, or delete the organization.",
                organization.record.name
            ),
        )
    })?;
    // Of two owners who go at once, one finds the other gone.
    Ok(Some(change.expect(heir)))
}
