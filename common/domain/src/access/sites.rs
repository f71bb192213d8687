//! Which sites of an organization a caller may see.

use crate::ids::SiteId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Which sites of an organization a member works for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sites {
    /// All of them, also those that are still to come.
    #[default]
    All,
    /// These only. What belongs to no site is not theirs.
    Only(BTreeSet<SiteId>),
}

impl Sites {
    /// Whether `site_id` is among them.
    #[must_use]
    pub fn include(&self, site_id: SiteId) -> bool {
        match self {
            Self::All => true,
            Self::Only(sites) => sites.contains(&site_id),
        }
    }

    /// Whether all of them are.
    #[must_use]
    pub const fn are_all(&self) -> bool {
        matches!(self, Self::All)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Id, Ulid};

    #[test]
    fn a_restricted_member_sees_only_the_own_sites() {
        let [own, other] = [1, 2].map(|n| SiteId::from_ulid(Ulid::from_parts(0, n)));
        let restricted = Sites::Only(BTreeSet::from([own]));
        assert!(restricted.include(own) && !restricted.include(other) && !restricted.are_all());
        assert!(Sites::All.include(other) && Sites::All.are_all());
        assert!(!Sites::Only(BTreeSet::new()).include(own));
    }
}
