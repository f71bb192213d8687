//! The newest readings of a unit, packed into its state.

use super::codec::{Corrupt, decode, encode};
use super::{Entry, HEAD_BYTES, HEAD_CAPACITY, LEAST_HEAD_BYTES};
use crate::time::Timestamp;

/// The newest readings of a unit in order of time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    entries: Vec<Entry>,
}

impl Head {
    /// Unpacks a head that was stored.
    ///
    /// # Errors
    /// When the bytes are not what [`Head::pack`] made.
    pub fn unpack(bytes: &[u8]) -> Result<Self, Corrupt> {
        decode(bytes).map(|entries| Self { entries })
    }

    /// Packs the head to be stored.
    #[must_use]
    pub fn pack(&self) -> Vec<u8> {
        encode(&self.entries)
    }

    /// Whether it must be sealed before it takes another reading, where `room` tells how many bytes there are for it. `room`
    /// is not asked for while the head is small.
    #[must_use]
    pub fn is_full(&self, room: impl FnOnce() -> usize) -> bool {
        // The largest entry: flags, 6 bytes of time, 3 of temperature, 3 of humidity, the further byte, 4 and 3 of what
        // the corrections differ by.
        const LARGEST_ENTRY: usize = 21;
        if self.entries.len() >= HEAD_CAPACITY {
            return true;
        }
        // Below this many entries even the largest ones fit, so packing need not be tried.
        if self.entries.len() <= LEAST_HEAD_BYTES / LARGEST_ENTRY {
            return false;
        }
        let needed = self.pack().len() + LARGEST_ENTRY;
        needed > HEAD_BYTES || (needed > LEAST_HEAD_BYTES && needed > room())
    }

    /// Whether this sensor's reading of this second is already here.
    #[must_use]
    pub fn contains(&self, entry: &Entry) -> bool {
        self.entries.iter().rev().any(|known| known.same_instant(entry))
    }

    /// Adds a reading at its place in time.
    pub fn insert(&mut self, entry: Entry) {
        let place = self.entries.partition_point(|known| *known <= entry);
        self.entries.insert(place, entry);
    }

    /// The readings, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// When the oldest reading was measured.
    #[must_use]
    pub fn first_at(&self) -> Option<Timestamp> {
        self.entries.first().map(|entry| entry.recorded_at)
    }

    /// When the newest reading was measured.
    #[must_use]
    pub fn last_at(&self) -> Option<Timestamp> {
        self.entries.last().map(|entry| entry.recorded_at)
    }
}
