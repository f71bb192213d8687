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

    /// Whether all of `others` are among them, also those that are still to come.
    #[must_use]
    pub fn cover(&self, others: &Self) -> bool {
        match (self, others) {
            (Self::All, _) => true,
            (Self::Only(_), Self::All) => false,
            (Self::Only(sites), Self::Only(others)) => sites.is_superset(others),
        }
    }

    /// Whether some of `others` are among them.
    #[must_use]
    pub fn meet(&self, others: &Self) -> bool {
        match (self, others) {
            (Self::All, _) | (_, Self::All) => true,
            (Self::Only(sites), Self::Only(others)) => !sites.is_disjoint(others),
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
    #[test]
    fn what_is_given_must_be_covered() {
        let [one, two] = [1, 2].map(|n| SiteId::from_ulid(Ulid::from_parts(0, n)));
        let only = |sites: &[SiteId]| Sites::Only(sites.iter().copied().collect());
        assert!(Sites::All.cover(&Sites::All) && Sites::All.cover(&only(&[one])));
        assert!(!only(&[one, two]).cover(&Sites::All));
        assert!(only(&[one, two]).cover(&only(&[two])) && !only(&[one]).cover(&only(&[one, two])));
        assert!(only(&[one]).meet(&Sites::All) && only(&[one]).meet(&only(&[one, two])));
        assert!(!only(&[one]).meet(&only(&[two])));
    }
}
