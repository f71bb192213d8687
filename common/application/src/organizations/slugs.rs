//! Short names, each of one organization.

use crate::error::{PortError, Refusal};
use crate::ports::{Claim, ClaimSpace, Holder, Records};
use crate::registry::Change;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::ids::{Id, OrgId};
use freshtrack_domain::place::{Organization, Slug};
use freshtrack_domain::text::Name;
use freshtrack_domain::time::Timestamp;
use serde_json::Value;

/// How many characters tell apart organizations whose names make the same short name: 25 random bits.
const SUFFIX: usize = 5;

pub(super) fn slug_claim(slug: &Slug) -> Claim {
    Claim {
        space: ClaimSpace::Slug,
        name: slug.to_string(),
    }
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
    );
    change.claim(slug_claim(slug), holder, taken)
}

/// Whether nobody but `org_id` has `slug`.
pub(super) async fn is_free(
    records: &dyn Records,
    slug: &Slug,
    org_id: Option<OrgId>,
    now: Timestamp,
) -> Result<bool, PortError> {
    let holder = records.holder(&slug_claim(slug), now).await?;
    Ok(holder.is_none_or(|holder| org_id.is_some_and(|org_id| holder.id == org_id.to_string())))
}

/// The short name that `name` makes, or one like it if another organization than `org_id` has that.
pub(super) async fn slug_for(
    records: &dyn Records,
    name: &Name,
    org_id: OrgId,
    now: Timestamp,
) -> Result<Slug, PortError> {
    let ulid = org_id.ulid().to_string().to_lowercase();
    let suffix = ulid.get(ulid.len().saturating_sub(SUFFIX)..).unwrap_or(&ulid);
    let slug = Slug::of_name(name);
    Ok(if is_free(records, &slug, Some(org_id), now).await? {
        slug
    } else {
        slug.with_suffix(suffix)
    })
}
