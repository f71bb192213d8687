//! What setting up places and devices needs.

use crate::places::FollowPlaces;
use crate::ports::{Clock, IdSource, Records, UnitStates};
use crate::registry::Registry;

/// The ports that setting up places, and the devices in them, goes through.
#[derive(Clone, Copy)]
pub struct SetUp<'a> {
    /// The records.
    pub records: &'a dyn Records,
    /// What is happening in the units.
    pub states: &'a dyn UnitStates,
    /// New identifiers.
    pub ids: &'a dyn IdSource,
    /// The time.
    pub clock: &'a dyn Clock,
}

impl<'a> SetUp<'a> {
    pub(crate) const fn registry(&self) -> Registry<'a> {
        Registry {
            records: self.records,
            clock: self.clock,
        }
    }

    /// What follows from setting up.
    #[must_use]
    pub const fn follow(&self) -> FollowPlaces<'a> {
        FollowPlaces {
            records: self.records,
            states: self.states,
            clock: self.clock,
        }
    }
}
