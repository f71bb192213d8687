//! An organization and its keys as an operator's document has them.

use super::access_keys::{claim_prefix, holder_id, prefix_claim};
use super::slugs::{insert_organization, replace_organization, slugs_for};
use crate::error::{Failure, Refusal};
use crate::places::time_zone;
use crate::registry::{Change, Registry};
use crate::scope::{Actor, OrgScope};
use freshtrack_contracts::organization::{AccessKeyDocument, OrganizationDocument};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{AccessKey, AccessKeySecret, Sites};
use freshtrack_domain::place::Organization;
use freshtrack_domain::text::Name;
use freshtrack_domain::time::Timestamp;

/// Whoever invokes functions that only operators can.
pub(crate) const OPERATOR: &str = "operator";

/// Creates the organization, or makes it what the document says.
///
/// # Errors
/// Refused when the document makes no sense or its short name is another organization's.
pub(crate) async fn put_organization(
    registry: Registry<'_>,
    scope: OrgScope,
    document: &OrganizationDocument,
) -> Result<Organization, Failure> {
    let (id, now, actor) = (document.id, registry.clock.now(), Actor::new(OPERATOR));
    let name = Name::new(&document.name)
        .map_err(|error| Refusal::invalid(format!("The name \"{}\" {error}.", document.name)))?;
    let first_site = document.sites.first().map(|site| site.time_zone.as_str());
    let zone = document.time_zone.as_deref().or(first_site).unwrap_or("UTC");
    let zone = time_zone(zone.to_owned())?;
    let Some(stored) = registry.records.get::<Organization>(scope, id).await? else {
        let slugs = match &document.slug {
            Some(slug) => vec![slug.clone()],
            None => slugs_for(&name, id).to_vec(),
        };
        let organization = |slug| Organization::new(id, name.clone(), slug, zone.clone(), now);
        return insert_organization(registry, &actor, &slugs, organization, Ok).await;
    };
    if stored.record.deleted.is_some() {
        return Err(Refusal::new(
            ProblemCode::Conflict,
            "The organization was deleted. Its owner can restore it.",
        )
        .into());
    }
    let organization = Organization {
        name,
        slug: document
            .slug
            .clone()
            .unwrap_or_else(|| stored.record.slug.clone()),
        time_zone: zone,
        ..stored.record.clone()
    };
    if organization != stored.record {
        let change = Change::new(scope, &actor, "organization.updated", id);
        let change = replace_organization(change, &organization, &stored)?;
        registry.commit(change).await?;
    }
    Ok(organization)
}

/// The key of a document and what proves it.
///
/// # Errors
/// Refused when it is none, or should allow what keys may not.
pub(crate) fn key_of(
    document: &AccessKeyDocument,
    now: Timestamp,
) -> Result<(AccessKey, AccessKeySecret), Refusal> {
    let wrong = |what: String| Refusal::invalid(format!("access key \"{}\": {what}.", document.name));
    let secret: AccessKeySecret = document
        .secret
        .parse()
        .map_err(|error| wrong(format!("{error}")))?;
    if let Some(right) = document.rights.iter().find(|right| !right.is_for_keys()) {
        return Err(wrong(format!("the right `{right}` is for people only")));
    }
    let key = AccessKey {
        id: document.id,
        name: Name::new(&document.name).map_err(|error| wrong(format!("its name {error}")))?,
        prefix: secret.prefix().to_owned(),
        rights: document.rights.iter().copied().collect(),
        sites: Sites::All,
        created_at: now,
        created_by: OPERATOR.to_owned(),
        expires_at: None,
        previous: None,
        revoked_at: None,
    };
    Ok((key, secret))
}

/// Creates the key, or makes it what the document says. One that was revoked stays revoked.
///
/// # Errors
/// Refused when its prefix is another key's.
pub(crate) async fn put_key(
    registry: Registry<'_>,
    scope: OrgScope,
    key: AccessKey,
    secret: &AccessKeySecret,
) -> Result<(), Failure> {
    let id = key.id;
    let stored = registry.records.get::<AccessKey>(scope, id).await?;
    let change = |action, key: &AccessKey| {
        Change::new(scope, &Actor::new(OPERATOR), action, id).detail("name", &key.name)
    };
    let (key, change) = match stored {
        None => {
            let change = change("access_key.created", &key).insert(&key)?;
            (key, change)
        }
        Some(stored) => {
            let changed = AccessKey {
                name: key.name,
                prefix: key.prefix,
                rights: key.rights,
                ..stored.record.clone()
            };
            if changed == stored.record || changed.revoked_at.is_some() {
                return Ok(());
            }
            let mut change = change("access_key.updated", &changed).replace(&changed, stored.rev)?;
            if changed.prefix != stored.record.prefix {
                let prefix = prefix_claim(&stored.record.prefix);
                change = change.release(prefix, holder_id(scope.org_id(), id));
            }
            (changed, change)
        }
    };
    let change = claim_prefix(change, scope.org_id(), &key, secret)?;
    registry.commit(change).await
}
