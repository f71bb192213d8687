//! The audit chain: who did what in an organization, each entry bound to the one before it.
//!
//! `hash(n) = SHA-256(hash(n - 1) || canonical(entry n))`, beginning with 32 zero bytes. The canonical form is
//! the entry's JSON with its fields in the order of [`AuditEntry`] and the keys of details sorted, so that
//! anyone can compute the chain anew from an export. Changing, removing or inserting an entry breaks every hash
//! behind it (specification 13.6).

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;

/// The hash of an entry and of everything before it.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct AuditHash([u8; 32]);

impl AuditHash {
    /// As 64 hexadecimal digits.
    #[must_use]
    pub fn to_hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// From 64 hexadecimal digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(hash))
    }
}

impl fmt::Debug for AuditHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl Serialize for AuditHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for AuditHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("expected 64 hexadecimal digits"))
    }
}

/// One thing that somebody did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its place in the organization's chain, from 1 without gaps.
    pub seq: u64,
    /// When it was done.
    pub at: Timestamp,
    /// Who did it: the identifier of a user, an access key or a worker.
    pub actor: String,
    /// On whose behalf, when a platform administrator acted in support of a member.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acting_as: Option<String>,
    /// What was done, such as `site.created`.
    pub action: String,
    /// What it was done to: the identifier of a record.
    pub target: String,
    /// What changed, in few words and without secrets.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub details: BTreeMap<String, String>,
}

impl AuditEntry {
    /// The hash of this entry behind `previous`.
    #[must_use]
    pub fn chained(&self, previous: AuditHash) -> AuditHash {
        let mut hash = Sha256::new();
        hash.update(previous.0);
        // Neither numbers nor text nor sorted maps can fail to serialise.
        hash.update(serde_json::to_vec(self).unwrap_or_default());
        AuditHash(hash.finalize().into())
    }
}

/// An entry as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainedEntry {
    /// The entry.
    #[serde(flatten)]
    pub entry: AuditEntry,
    /// Its hash and that of everything before it.
    pub hash: AuditHash,
}

/// The end of an organization's chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AuditHead {
    /// The place of the newest entry; 0 before the first.
    pub seq: u64,
    /// Its hash.
    pub hash: AuditHash,
}

impl AuditHead {
    /// Puts `entry` behind this end, whatever place it says it has.
    #[must_use]
    pub fn append(self, entry: AuditEntry) -> (ChainedEntry, Self) {
        let entry = AuditEntry {
            seq: self.seq + 1,
            ..entry
        };
        let hash = entry.chained(self.hash);
        let head = Self { seq: entry.seq, hash };
        (ChainedEntry { entry, hash }, head)
    }
}

/// Where and how a chain is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BrokenChain {
    /// An entry was changed, or one before it was.
    #[error("entry {0} is not what was written")]
    Altered(u64),
    /// An entry is not there.
    #[error("entry {0} is missing")]
    Missing(u64),
}

/// Checks that `entries`, which follow each other behind `start`, are what was written.
///
/// # Errors
/// The first entry that is missing or was altered.
pub fn verify<'a>(
    start: AuditHead,
    entries: impl IntoIterator<Item = &'a ChainedEntry>,
) -> Result<AuditHead, BrokenChain> {
    let mut head = start;
    for chained in entries {
        let expected = head.seq + 1;
        if chained.entry.seq != expected {
            return Err(BrokenChain::Missing(expected));
        }
        if chained.entry.chained(head.hash) != chained.hash {
            return Err(BrokenChain::Altered(expected));
        }
        head = AuditHead {
            seq: expected,
            hash: chained.hash,
        };
    }
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chain(length: usize) -> (Vec<ChainedEntry>, AuditHead) {
        let mut head = AuditHead::default();
        let mut entries = Vec::new();
        for index in 0..length {
            let entry = AuditEntry {
                seq: 0,
                at: Timestamp::from_seconds(1_790_000_000),
                actor: format!("usr_{}", index % 3),
                acting_as: None,
                action: "site.renamed".to_owned(),
                target: format!("sit_{index}"),
                details: BTreeMap::from([("name".to_owned(), format!("Kitchen {index}"))]),
            };
            let (chained, next) = head.append(entry);
            entries.push(chained);
            head = next;
        }
        (entries, head)
    }

    #[test]
    fn the_first_hash_is_what_anyone_computes() {
        let (entries, _) = chain(1);
        let canonical = r#"{"seq":1,"at":1790000000000,"actor":"usr_0","action":"site.renamed","target":"sit_0","details":{"name":"Kitchen 0"}}"#;
        let mut hash = Sha256::new();
        hash.update([0; 32]);
        hash.update(canonical);
        assert_eq!(entries[0].hash, AuditHash(hash.finalize().into()));
        let json = serde_json::to_string(&entries[0]).unwrap();
        assert_eq!(serde_json::from_str::<ChainedEntry>(&json).unwrap(), entries[0]);
    }

    proptest! {
        #[test]
        fn what_was_written_verifies_and_nothing_else(length in 1_usize..20, at in 0_usize..20, how in 0..4) {
            let (entries, head) = chain(length);
            prop_assert_eq!(verify(AuditHead::default(), &entries), Ok(head));
            let at = at % length;
            let mut altered = entries.clone();
            match how {
                0 => altered[at].entry.actor.push('x'),
                1 => altered[at].entry.details.clear(),
                2 => altered[at].hash = AuditHash([7; 32]),
                _ => { altered.remove(at); }
            }
            let place = at as u64 + 1;
            let found = verify(AuditHead::default(), &altered);
            if how == 3 && at == length - 1 {
                // A missing end shows only against the head that is kept beside the entries.
                prop_assert_ne!(found, Ok(head));
            } else if how == 3 {
                prop_assert_eq!(found, Err(BrokenChain::Missing(place)));
            } else {
                prop_assert_eq!(found, Err(BrokenChain::Altered(place)));
            }
        }
    }
}
