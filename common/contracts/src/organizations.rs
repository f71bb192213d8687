//! Organizations, as their people see and change them.

use crate::time::Instant;
use freshtrack_domain::ids::{OrgId, UserId};
use freshtrack_domain::place::{ComplianceMode, Organization, Slug, TemperatureUnit};
use freshtrack_domain::text::Name;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `POST /v1/orgs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOrganization {
    /// Its name.
    pub name: Name,
    /// Its short name; made of the name unless given.
    #[serde(default)]
    pub slug: Option<Slug>,
    /// IANA time zone, for what belongs to no site.
    pub time_zone: String,
    /// By which rules its sites keep their food unless they say otherwise.
    #[serde(default)]
    pub compliance: ComplianceMode,
    /// In which unit its people read temperatures where nothing else is set.
    #[serde(default)]
    pub display: TemperatureUnit,
}

/// `PATCH /v1/orgs/{org_id}`: what is not mentioned stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateOrganization {
    /// Its name.
    #[serde(default)]
    pub name: Option<Name>,
    /// Its short name. The former one is free for others at once.
    #[serde(default)]
    pub slug: Option<Slug>,
    /// IANA time zone.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// By which rules its sites keep their food unless they say otherwise.
    #[serde(default)]
    pub compliance: Option<ComplianceMode>,
    /// In which unit its people read temperatures where nothing else is set.
    #[serde(default)]
    pub display: Option<TemperatureUnit>,
}

/// `POST /v1/orgs/{org_id}/restore`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreOrganization {
    /// Its new short name, for when others have taken the one it had.
    #[serde(default)]
    pub slug: Option<Slug>,
}

/// `POST /v1/orgs/{org_id}/ownership`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferOwnership {
    /// The member who is to be the owner.
    pub user_id: UserId,
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrganizationView {
    /// Its identifier.
    pub id: OrgId,
    /// Its name.
    pub name: Name,
    /// Its short name.
    pub slug: Slug,
    /// IANA time zone, for what belongs to no site.
    pub time_zone: String,
    /// By which rules its sites keep their food unless they say otherwise.
    pub compliance: ComplianceMode,
    /// In which unit its people read temperatures where nothing else is set.
    pub display: TemperatureUnit,
    /// Since when there is it.
    pub created_at: Instant,
    /// Until when it can be restored; absent unless it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restorable_until: Option<Instant>,
}

impl From<&Organization> for OrganizationView {
    fn from(organization: &Organization) -> Self {
        Self {
            id: organization.id,
            name: organization.name.clone(),
            slug: organization.slug.clone(),
            time_zone: organization.time_zone.clone(),
            compliance: organization.compliance,
            display: organization.display,
            created_at: organization.created_at.into(),
            restorable_until: organization.restorable_until().map(Into::into),
        }
    }
}

/// `GET /v1/slugs/{slug}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SlugAvailability {
    /// What was asked for.
    pub slug: String,
    /// Whether an organization may take it.
    pub available: bool,
    /// Why not, if it may not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
