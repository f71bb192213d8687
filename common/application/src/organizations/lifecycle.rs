//! Organizations from their creation to their deletion and back.

use super::slugs::{
    claim_slug, insert_organization, release_slug, replace_organization, slug_claim, slugs_for,
};
use super::{MOST_MEMBERSHIPS, Office, event, whole_organization};
use crate::error::{Failure, PortError, Refusal};
use crate::page::{Order, PageRequest, page_of_whole};
use crate::places::{At, time_zone, unchanged};
use crate::ports::{Owner, Record, Stored};
use crate::registry::{Change, changed_meanwhile};
use crate::scope::{Caller, OrgScope, SignedIn};
use freshtrack_contracts::events::Happening;
use freshtrack_contracts::organizations::{
    CreateOrganization, OrganizationView, RestoreOrganization, SlugAvailability, UpdateOrganization,
};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::ids::OrgId;
use freshtrack_domain::network::{Dissolution, RemovalReason};
use freshtrack_domain::people::Member;
use freshtrack_domain::place::{Deletion, Organization, Slug};
use futures_util::future;

/// Creates an organization that the person owns.
///
/// # Errors
/// Refused when its short name is taken or its time zone is none, and to whoever belongs to very many already.
pub async fn create_organization(
    office: &Office<'_>,
    person: &SignedIn,
    input: CreateOrganization,
) -> Result<At<OrganizationView>, Failure> {
    let now = office.clock.now();
    let id = office.ids.id::<OrgId>(now);
    let zone = time_zone(input.time_zone)?;
    let memberships = office.records.of_person(person.user_id, Member::KIND).await?;
    if memberships.len() >= MOST_MEMBERSHIPS {
        return Err(too_many_memberships().into());
    }
    let slugs = match input.slug {
        Some(slug) => vec![slug],
        None => slugs_for(&input.name, id).to_vec(),
    };
    let organization = |slug| Organization {
        compliance: input.compliance,
        display: input.display,
        ..Organization::new(id, input.name.clone(), slug, zone.clone(), office.ids.moment(now))
    };
    let owner = Member {
        user_id: person.user_id,
        role: Role::Owner,
        sites: Sites::All,
        since: office.ids.moment(now),
    };
    let actor = person.actor();
    let organization = insert_organization(office.registry(), &actor, &slugs, organization, |change| {
        change.insert(&owner)
    })
    .await?;
    Ok(At {
        view: (&organization).into(),
        rev: 1,
    })
}

/// The organizations of a person, and those they owned that can still be restored.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_own_organizations(
    office: &Office<'_>,
    person: &SignedIn,
    request: &PageRequest,
) -> Result<Page<OrganizationView>, Failure> {
    let now = office.clock.now();
    let found = office.records.of_person(person.user_id, Member::KIND).await?;
    let organizations = found.into_iter().map(async |found| {
        let owner = found.owner;
        let Owner::Org(org_id) = owner else {
            return Ok(None);
        };
        let member = found.read::<Member>()?.record;
        let organization = office.records.get::<Organization>(owner, org_id).await?;
        let visible = |organization: &Organization| match organization.restorable_until() {
            None => true,
            Some(until) => member.role == Role::Owner && now < until,
        };
        Ok::<_, PortError>(organization.map(|stored| stored.record).filter(visible))
    });
    let organizations = future::try_join_all(organizations).await?;
    let (own, kind) = (organizations.into_iter().flatten(), Organization::KIND);
    let page = page_of_whole(request, kind, Order::OldestFirst, own, Record::key)?;
    Ok(page.map(|organization| (&organization).into()))
}

/// The caller's organization.
///
/// # Errors
/// When the store does not answer.
pub async fn get_organization(office: &Office<'_>, caller: &Caller) -> Result<At<OrganizationView>, Failure> {
    let stored = find(office, caller.scope).await?;
    Ok(At {
        view: (&stored.record).into(),
        rev: stored.rev,
    })
}

/// Changes what `input` mentions.
///
/// # Errors
/// Refused when it is no longer as the caller read it, when its short name is taken, when its time zone is none, and to
/// members who work for some sites only.
pub async fn update_organization(
    office: &Office<'_>,
    caller: &Caller,
    read: Option<u64>,
    input: UpdateOrganization,
) -> Result<At<OrganizationView>, Failure> {
    whole_organization(caller)?;
    let stored = find(office, caller.scope).await?;
    unchanged(read, stored.rev)?;
    let mut organization = stored.record.clone();
    let mut fields = Vec::new();
    if let Some(name) = input.name {
        organization.name = name;
        fields.push("name");
    }
    if let Some(slug) = input.slug {
        organization.slug = slug;
        fields.push("slug");
    }
    if let Some(zone) = input.time_zone {
        organization.time_zone = time_zone(zone)?;
        fields.push("time_zone");
    }
    if let Some(compliance) = input.compliance {
        organization.compliance = compliance;
        fields.push("compliance");
    }
    if let Some(display) = input.display {
        organization.display = display;
        fields.push("display");
    }
    if organization != stored.record {
        let change = Change::new(
            caller.scope,
            &caller.actor,
            "organization.updated",
            organization.id,
        )
        .detail("fields", fields.join(" "));
        let change = replace_organization(change, &organization, &stored)?;
        office.registry().commit(change).await?;
    }
    get_organization(office, caller).await
}

/// Deletes the organization. For thirty days its owner can restore it; nobody else finds it any more. Its short name is
/// free for others at once.
///
/// # Errors
/// When the store does not answer.
pub async fn delete_organization(office: &Office<'_>, caller: &Caller) -> Result<(), Failure> {
    let stored = find(office, caller.scope).await?;
    let change = Change::new(
        caller.scope,
        &caller.actor,
        "organization.deleted",
        stored.record.id,
    );
    let reason = RemovalReason::OrgDeleted;
    let change = mark_deleted(office, change, &stored, &caller.actor.id, reason)?;
    office.registry().commit(change).await
}

/// `change` in which the organization is also deleted by `by`, and its sensors are to leave their network servers for
/// `reason` once it cannot be restored any more.
pub(super) fn mark_deleted(
    office: &Office<'_>,
    change: Change,
    stored: &Stored<Organization>,
    by: &str,
    reason: RemovalReason,
) -> Result<Change, Failure> {
    let deleted = Organization {
        deleted: Some(Deletion {
            at: office.clock.now(),
            by: by.to_owned(),
            with: None,
        }),
        ..stored.record.clone()
    };
    let change = match Dissolution::of(&deleted, reason) {
        Some(dissolution) => change.insert_unless(&dissolution, changed_meanwhile())?,
        None => change,
    };
    let change = release_slug(change.replace(&deleted, stored.rev)?, &stored.record);
    let what = Happening::OrganizationDeleted {};
    Ok(change.publish(event(office, deleted.id, deleted.id, stored.rev, what)))
}

/// Brings a deleted organization of the person's back with everything it had.
///
/// # Errors
/// Refused, to all but its owner as if it did not exist, when it was deleted too long ago, and when its short name has
/// been taken since.
pub async fn restore_organization(
    office: &Office<'_>,
    person: &SignedIn,
    org_id: OrgId,
    input: RestoreOrganization,
) -> Result<At<OrganizationView>, Failure> {
    let scope = OrgScope::granted(org_id);
    let not_found = || Refusal::not_found("organization");
    let member = office.records.get::<Member>(scope, person.user_id).await?;
    member
        .filter(|stored| stored.record.role == Role::Owner)
        .ok_or_else(not_found)?;
    let stored = office.records.get::<Organization>(scope, org_id).await?;
    let stored = stored.ok_or_else(not_found)?;
    let Some(until) = stored.record.restorable_until() else {
        return Ok(At {
            view: (&stored.record).into(),
            rev: stored.rev,
        });
    };
    if office.clock.now() >= until {
        return Err(Refusal::new(
            ProblemCode::Conflict,
            "The organization was deleted more than 30 days ago and cannot be restored any more.",
        )
        .into());
    }
    let organization = Organization {
        slug: input.slug.unwrap_or_else(|| stored.record.slug.clone()),
        deleted: None,
        ..stored.record
    };
    let what = Happening::OrganizationRestored {};
    let change = Change::new(scope, &person.actor(), "organization.restored", org_id)
        .replace(&organization, stored.rev)?
        .publish(event(office, org_id, org_id, stored.rev, what));
    let change = match office.records.get::<Dissolution>(scope, org_id).await? {
        Some(dissolution) => change.remove(&dissolution),
        None => change,
    };
    office
        .registry()
        .commit(claim_slug(change, &organization))
        .await?;
    Ok(At {
        view: (&organization).into(),
        rev: stored.rev.saturating_add(1),
    })
}

/// Whether an organization may take `text` as its short name. By the time it tries, another may have taken it.
///
/// # Errors
/// When the store does not answer.
pub async fn check_slug(office: &Office<'_>, text: &str) -> Result<SlugAvailability, Failure> {
    let reason = match text.parse::<Slug>() {
        Err(error) => Some(format!("A short name {error}.")),
        Ok(slug) => {
            let holder = office
                .records
                .holder(&slug_claim(&slug), office.clock.now())
                .await?;
            holder.map(|_| "Another organization has it.".to_owned())
        }
    };
    Ok(SlugAvailability {
        slug: text.to_owned(),
        available: reason.is_none(),
        reason,
    })
}

pub(super) fn too_many_memberships() -> Refusal {
    Refusal::new(
        ProblemCode::Conflict,
        format!("A person belongs to at most {MOST_MEMBERSHIPS} organizations."),
    )
}

/// Whether there is no such organization, or none any more.
pub(super) fn is_deleted(stored: Option<Stored<Organization>>) -> bool {
    stored.is_none_or(|stored| stored.record.deleted.is_some())
}

/// The organization of `scope`, unless it was deleted.
///
/// # Errors
/// Refused when there is none.
pub(crate) async fn find(office: &Office<'_>, scope: OrgScope) -> Result<Stored<Organization>, Failure> {
    let stored = office.records.get::<Organization>(scope, scope.org_id()).await?;
    stored
        .filter(|stored| stored.record.deleted.is_none())
        .ok_or_else(|| Refusal::not_found("organization").into())
}
