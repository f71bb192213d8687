//! What administrators find: every organization and every person. Whatever shows personal data is noted in the
//! platform's own audit chain.

use crate::error::{Failure, Refusal};
use crate::identity::email_claim;
use crate::organizations::{Office, members_page, user};
use crate::page::{Order, PageRequest, page_of, page_of_all};
use crate::ports::{Owner, Record, Stored};
use crate::registry::Change;
use crate::scope::{Administrator, OrgScope};
use freshtrack_contracts::audit::AuditEntryView;
use freshtrack_contracts::identity::MembershipView;
use freshtrack_contracts::members::MemberView;
use freshtrack_contracts::organizations::OrganizationView;
use freshtrack_contracts::page::Page;
use freshtrack_contracts::support::{PersonDetail, PersonView};
use freshtrack_domain::audit::ChainedEntry;
use freshtrack_domain::ids::{OrgId, UserId};
use freshtrack_domain::people::{EmailAddress, Member, User};
use freshtrack_domain::place::Organization;
use futures_util::future;

/// Organizations whose name, short name or identifier holds `query`, deleted ones too, the newest first.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_organizations(
    office: &Office<'_>,
    request: &PageRequest,
    query: Option<&str>,
) -> Result<Page<OrganizationView>, Failure> {
    let query = query.map(str::to_lowercase);
    let fits = |organization: &Organization| {
        query.as_deref().is_none_or(|query| {
            organization.name.folded().contains(query)
                || organization.slug.as_str().contains(query)
                || organization.id.to_string().to_lowercase() == query
        })
    };
    let page = page_of_all::<Organization>(office.records, request, fits).await?;
    Ok(page.map(|stored| (&stored.record).into()))
}

/// People whose name or address holds `query`, the newest first. A whole address is found at once.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_users(
    office: &Office<'_>,
    administrator: Administrator,
    request: &PageRequest,
    query: Option<&str>,
) -> Result<Page<PersonView>, Failure> {
    note(office, administrator, "users.searched", "users").await?;
    if let Some(email) = query.and_then(|query| query.parse::<EmailAddress>().ok()) {
        let holder = office
            .records
            .holder(&email_claim(&email), office.clock.now())
            .await?;
        let found = match holder.and_then(|holder| holder.id.parse().ok()) {
            Some(user_id) => user(office.records, user_id).await?,
            None => None,
        };
        return Ok(Page {
            items: found.iter().map(person).collect(),
            next_cursor: None,
        });
    }
    let query = query.map(str::to_lowercase);
    let fits = |user: &User| {
        query.as_deref().is_none_or(|query| {
            user.name.folded().contains(query)
                || user.email.as_str().contains(query)
                || user.id.to_string().to_lowercase() == query
        })
    };
    let page = page_of_all::<User>(office.records, request, fits).await?;
    Ok(page.map(|stored| person(&stored)))
}

/// A person and where they belong.
///
/// # Errors
/// Refused when there is no such person.
pub async fn get_user(
    office: &Office<'_>,
    administrator: Administrator,
    user_id: UserId,
) -> Result<PersonDetail, Failure> {
    let found = user(office.records, user_id).await?;
    let found = found.ok_or_else(|| Refusal::not_found("user"))?;
    note(office, administrator, "user.viewed", user_id).await?;
    let members = office.records.of_person(user_id, Member::KIND).await?;
    let memberships = members.into_iter().map(async |found| {
        let owner = found.owner;
        let Owner::Org(org_id) = owner else {
            return Ok(None);
        };
        let member = found.read::<Member>()?.record;
        let organization = office.records.get::<Organization>(owner, org_id).await?;
        Ok::<_, Failure>(organization.map(|organization| MembershipView::new(&organization.record, &member)))
    });
    let memberships = future::try_join_all(memberships).await?;
    Ok(PersonDetail {
        person: person(&found),
        memberships: memberships.into_iter().flatten().collect(),
    })
}

/// The members of an organization, with their addresses.
///
/// # Errors
/// Refused when there is no such organization or page.
pub async fn list_members_of(
    office: &Office<'_>,
    administrator: Administrator,
    org_id: OrgId,
    request: &PageRequest,
) -> Result<Page<MemberView>, Failure> {
    let scope = OrgScope::granted(org_id);
    let organization = office.records.get::<Organization>(scope, org_id).await?;
    organization.ok_or_else(|| Refusal::not_found("organization"))?;
    note(office, administrator, "organization.viewed", org_id).await?;
    members_page(office, scope, request, |_| true, true).await
}

/// What was done to the platform itself, the newest first.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_platform_audit(
    office: &Office<'_>,
    request: &PageRequest,
) -> Result<Page<AuditEntryView>, Failure> {
    let page = page_of::<ChainedEntry>(
        office.records,
        Owner::Platform,
        request,
        Order::NewestFirst,
        |_| true,
    )
    .await?;
    Ok(page.map(|stored| (&stored.record).into()))
}

/// Notes that an administrator has looked at somebody's data.
async fn note(
    office: &Office<'_>,
    administrator: Administrator,
    action: &str,
    target: impl ToString,
) -> Result<(), Failure> {
    let actor = administrator.person().actor();
    let change = Change::new(Owner::Platform, &actor, action, target);
    office.registry().commit(change).await
}

fn person(stored: &Stored<User>) -> PersonView {
    let user = &stored.record;
    PersonView {
        id: user.id,
        email: user.email.clone(),
        name: user.name.clone(),
        created_at: user.created_at.into(),
    }
}
