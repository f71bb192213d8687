//! The end of a deleted organization at its network servers.

use super::RemovalReason;
use crate::ids::OrgId;
use crate::place::Organization;
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How far the clocks of whoever restores and whoever removes may be apart.
const CLEAR_OF_CLOCKS: Span = Span::minutes(5);

/// That an organization was deleted, and when its sensors are to leave their network servers: as soon as it cannot be
/// restored any more. Restoring it takes this back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dissolution {
    /// The organization.
    pub org_id: OrgId,
    /// When.
    pub due_at: Timestamp,
    /// As what the removals are asked for.
    pub reason: RemovalReason,
}

impl Dissolution {
    /// That of `organization`, if it was deleted.
    #[must_use]
    pub fn of(organization: &Organization, reason: RemovalReason) -> Option<Self> {
        organization.restorable_until().map(|until| Self {
            org_id: organization.id,
            due_at: until + CLEAR_OF_CLOCKS,
            reason,
        })
    }
}
