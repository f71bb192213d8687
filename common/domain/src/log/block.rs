//! Sealed blocks: readings that never change again, each block holding the hash of the one before.

use super::codec::{Corrupt, decode};
use super::{Entry, Head};
use crate::ids::{Id, SensorId, UnitId};
use crate::time::Timestamp;
use sha2::{Digest, Sha256};
use std::fmt;
use ulid::Ulid;

/// The SHA-256 of a block. All zero before the first.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct BlockHash(pub [u8; 32]);

impl fmt::Display for BlockHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BlockHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A run of readings that never changes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedBlock {
    /// When its oldest reading was measured. Identifies the block within its unit.
    pub first_at: Timestamp,
    /// When its newest reading was measured.
    pub last_at: Timestamp,
    /// The hash of the block before it.
    pub previous: BlockHash,
    /// The count and identifiers of the sensors, then the packed readings.
    pub payload: Vec<u8>,
}

impl SealedBlock {
    /// Seals `head`, whose slots mean `sensors` in this order; `None` for an empty head.
    ///
    /// The same head always gives the same block, so a second worker, or the same one after a crash, writes
    /// what is already there.
    #[must_use]
    pub fn seal(head: &Head, sensors: &[SensorId], previous: BlockHash) -> Option<Self> {
        let (first_at, last_at) = (head.first_at()?, head.last_at()?);
        let mut payload = vec![u8::try_from(sensors.len()).unwrap_or(u8::MAX)];
        for sensor in sensors {
            payload.extend_from_slice(&sensor.ulid().to_bytes());
        }
        payload.extend_from_slice(&head.pack());
        Some(Self {
            first_at,
            last_at,
            previous,
            payload,
        })
    }

    /// The hash of this block within the chain of `unit`.
    #[must_use]
    pub fn hash(&self, unit: UnitId) -> BlockHash {
        let mut hash = Sha256::new();
        hash.update(b"freshtrack.block.v1");
        hash.update(unit.ulid().to_bytes());
        hash.update(self.previous.0);
        hash.update(&self.payload);
        BlockHash(hash.finalize().into())
    }

    /// The sensors that its slots mean, and its readings, oldest first.
    ///
    /// # Errors
    /// When the payload is not what [`SealedBlock::seal`] made.
    pub fn open(&self) -> Result<(Vec<SensorId>, Vec<Entry>), Corrupt> {
        let (&count, mut rest) = self.payload.split_first().ok_or(Corrupt)?;
        let mut sensors = Vec::with_capacity(usize::from(count));
        for _ in 0..count {
            let (bytes, tail) = rest.split_first_chunk::<16>().ok_or(Corrupt)?;
            sensors.push(SensorId::from_ulid(Ulid::from_bytes(*bytes)));
            rest = tail;
        }
        Ok((sensors, decode(rest)?))
    }

    /// The first of `blocks`, which must be in order from the unit's first, that does not hold the hash of the
    /// one before it.
    #[must_use]
    pub fn first_broken_link(unit: UnitId, blocks: &[Self]) -> Option<&Self> {
        let mut expected = BlockHash::default();
        blocks.iter().find(|block| {
            let broken = block.previous != expected;
            expected = block.hash(unit);
            broken
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::HEAD_BYTES;
    use crate::measurement::{CentiCelsius, Correction};

    fn head(first_minute: i64) -> Head {
        let mut head = Head::default();
        for minute in 0..72 {
            head.insert(Entry {
                recorded_at: Timestamp::from_seconds((first_minute + minute) * 60),
                slot: 0,
                temperature: Some(CentiCelsius(i32::try_from(minute).unwrap())),
                fault: None,
                humidity: None,
                door_open: None,
                correction: Correction::NONE,
                manual: false,
                back_filled: false,
            });
        }
        head
    }

    #[test]
    fn altering_one_reading_breaks_the_chain_at_the_next_block() {
        let unit = UnitId::from_ulid(Ulid::from_parts(1, 1));
        let sensors = [SensorId::from_ulid(Ulid::from_parts(1, 2))];
        let mut blocks: Vec<SealedBlock> = Vec::new();
        for run in 0..3 {
            let previous = blocks
                .last()
                .map_or(BlockHash::default(), |block| block.hash(unit));
            blocks.push(SealedBlock::seal(&head(run * 72), &sensors, previous).unwrap());
        }
        assert_eq!(SealedBlock::first_broken_link(unit, &blocks), None);
        assert_eq!(
            blocks[1].open().unwrap(),
            (sensors.to_vec(), head(72).entries().to_vec())
        );

        *blocks[1].payload.last_mut().unwrap() ^= 1;
        assert_eq!(SealedBlock::first_broken_link(unit, &blocks), Some(&blocks[2]));
    }

    #[test]
    fn a_full_head_is_told_by_count_and_by_size() {
        assert!(head(0).is_full(|| HEAD_BYTES));
        let mut wide = Head::default();
        let mut minute = 0;
        while !wide.is_full(|| HEAD_BYTES) {
            let swing = if minute % 2 == 0 { 14_000 } else { -7_000 };
            wide.insert(Entry {
                recorded_at: Timestamp::from_seconds(minute * 86_400),
                slot: 7,
                temperature: Some(CentiCelsius(swing)),
                fault: None,
                humidity: crate::measurement::Humidity::from_basis_points(if minute % 2 == 0 {
                    0
                } else {
                    10_000
                }),
                door_open: Some(true),
                correction: Correction {
                    temperature: CentiCelsius(if minute % 2 == 0 { 2_000 } else { -2_000 }),
                    humidity: if minute % 2 == 0 { 5_000 } else { -5_000 },
                },
                manual: true,
                back_filled: true,
            });
            minute += 1;
        }
        assert!(wide.entries().len() < 72);
        assert!(wide.pack().len() <= HEAD_BYTES);
    }
}
