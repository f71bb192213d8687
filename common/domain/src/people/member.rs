//! A person in an organization.

use crate::access::{Role, Sites};
use crate::ids::UserId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A person's place in one organization. A person may have one in many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The person.
    pub user_id: UserId,
    /// What they are there.
    pub role: Role,
    /// Which sites they work for.
    #[serde(default)]
    pub sites: Sites,
    /// Since when.
    pub since: Timestamp,
}

impl Member {
    /// Whether this member may give somebody `role` at `sites`: never more than they may assign, and nowhere they
    /// do not work themselves.
    #[must_use]
    pub fn may_give(&self, role: Role, sites: &Sites) -> bool {
        self.role.may_assign(role) && self.sites.cover(sites)
    }

    /// Whether this member may change what `other` is, or remove them.
    #[must_use]
    pub fn may_manage(&self, other: &Self) -> bool {
        self.may_give(other.role, &other.sites)
    }
}
