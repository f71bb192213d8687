use super::{ComplianceMode, Deletion, Slug, TemperatureUnit};
use crate::ids::OrgId;
use crate::text::Name;
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How long a deleted organization can be restored.
pub const RESTORE_WITHIN: Span = Span::hours(30 * 24);

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Its identifier.
    pub id: OrgId,
    /// Its name.
    pub name: Name,
    /// Its short name. While it is deleted: the one it had, which others may have taken since.
    pub slug: Slug,
    /// IANA time zone, for what belongs to no site.
    pub time_zone: String,
    /// By which rules its sites keep their food unless they say otherwise.
    #[serde(default)]
    pub compliance: ComplianceMode,
    /// In which unit its people read temperatures where nothing else is set.
    #[serde(default)]
    pub display: TemperatureUnit,
    /// Since when there is it.
    pub created_at: Timestamp,
    /// That it was deleted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deleted: Option<Deletion>,
}

impl Organization {
    /// An organization of which only the names and the time zone are known.
    #[must_use]
    pub fn new(id: OrgId, name: Name, slug: Slug, time_zone: String, now: Timestamp) -> Self {
        Self {
            id,
            name,
            slug,
            time_zone,
            compliance: ComplianceMode::default(),
            display: TemperatureUnit::default(),
            created_at: now,
            deleted: None,
        }
    }

    /// Until when it can be restored, if it was deleted.
    #[must_use]
    pub fn restorable_until(&self) -> Option<Timestamp> {
        self.deleted.as_ref().map(|deletion| deletion.at + RESTORE_WITHIN)
    }
}
