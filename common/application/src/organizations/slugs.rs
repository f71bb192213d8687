//! Writing organizations down, with short names that no two of them share.

use crate::error::{Failure, PortError, Refusal};
use crate::ports::{Claim, ClaimSpace, Holder, Stored};
use crate::registry::{Change, Registry};
use crate::scope::{Actor, OrgScope};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::ids::{Id, OrgId};
use freshtrack_domain::place::{Organization, Slug};
use freshtrack_domain::text::Name;
use serde_json::Value;

/// How many characters tell apart organizations whose names make the same short name: 25 random bits.
const SUFFIX: usize = 5;

/// The short name that `name` makes, and one like it for when another organization has that.
pub(super) fn slugs_for(name: &Name, org_id: OrgId) -> [Slug; 2] {
    let ulid = org_id.ulid().to_string().to_lowercase();
    let suffix = ulid.get(ulid.len().saturating_sub(SUFFIX)..).unwrap_or(&ulid);
    let slug = Slug::of_name(name);
    let longer = slug.with_suffix(suffix);
    [slug, longer]
}

/// Creates the organization that `organization` makes of the first of `slugs` that nobody has; `with` adds what is
/// created together with it.
///
/// # Errors
/// Refused when all of `slugs` are taken.
pub(super) async fn insert_organization(
    registry: Registry<'_>,
    actor: &Actor,
    slugs: &[Slug],
    organization: impl Fn(Slug) -> Organization,
    with: impl Fn(Change) -> Result<Change, PortError>,
) -> Result<Organization, Failure> {
    let mut refused = Refusal::invalid("An organization needs a short name.");
    for slug in slugs {
        let organization = organization(slug.clone());
        let scope = OrgScope::granted(organization.id);
        let change = Change::new(scope, actor, "organization.created", organization.id)
            .detail("slug", slug)
            .insert(&organization)?;
        match registry.commit(claim_slug(with(change)?, &organization)).await {
            Ok(()) => {
                // A repetition may find it under another short name than it tried this time.
                let stored = registry
                    .records
                    .get::<Organization>(scope, organization.id)
                    .await?;
                return Ok(stored.map_or(organization, |stored| stored.record));
            }
            Err(Failure::Refused(refusal)) => refused = refusal,
            Err(fault) => return Err(fault),
        }
    }
    Err(refused.into())
}

/// `change` in which `organization` takes the place of what was read, and its short name that of the former one.
pub(super) fn replace_organization(
    change: Change,
    organization: &Organization,
    stored: &Stored<Organization>,
) -> Result<Change, PortError> {
    let change = change.replace(organization, stored.rev)?;
    if organization.slug == stored.record.slug {
        return Ok(change);
    }
    Ok(claim_slug(release_slug(change, &stored.record), organization))
}

/// `change` in which `organization` also takes its short name.
pub(super) fn claim_slug(change: Change, organization: &Organization) -> Change {
    let slug = &organization.slug;
    let holder = Holder {
        id: organization.id.to_string(),
        data: Value::Null,
        expires_at: None,
    };
    let taken = Refusal::new(
        ProblemCode::Conflict,
        format!("The short name \"{slug}\" is taken. Please choose another one."),
    )
    .about("slug");
    change.claim(slug_claim(slug), holder, taken)
}

/// `change` in which `organization` also gives up its short name.
pub(super) fn release_slug(change: Change, organization: &Organization) -> Change {
    change.release(slug_claim(&organization.slug), organization.id)
}

pub(super) fn slug_claim(slug: &Slug) -> Claim {
    Claim {
        space: ClaimSpace::Slug,
        name: slug.to_string(),
    }
}
