//! The audit chain: who did what in an organization.

use crate::time::Instant;
use freshtrack_domain::audit::{BrokenChain, ChainedEntry};
use freshtrack_domain::ids::OrgId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One thing that somebody did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditEntryView {
    /// Its place in the chain, from 1 without gaps.
    pub seq: u64,
    /// When it was done.
    pub at: Instant,
    /// Who did it: a user, an access key, or `operator`.
    pub actor: String,
    /// The member in whose name an administrator of the platform did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acting_as: Option<String>,
    /// What was done, such as `site.created`.
    pub action: String,
    /// What it was done to.
    pub target: String,
    /// What changed.
    pub details: BTreeMap<String, String>,
    /// The SHA-256 of this entry and everything before it, in hexadecimal digits.
    pub hash: String,
}

impl From<&ChainedEntry> for AuditEntryView {
    fn from(chained: &ChainedEntry) -> Self {
        let entry = &chained.entry;
        Self {
            seq: entry.seq,
            at: entry.at.into(),
            actor: entry.actor.clone(),
            acting_as: entry.acting_as.clone(),
            action: entry.action.clone(),
            target: entry.target.clone(),
            details: entry.details.clone(),
            hash: chained.hash.to_hex(),
        }
    }
}

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditDamage {
    /// It is not what was written.
    Altered,
    /// It is not there.
    Missing,
}

/// The first entry that is not as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BrokenEntry {
    /// Its place in the chain.
    pub seq: u64,
    /// What is wrong with it.
    pub damage: AuditDamage,
}

impl From<BrokenChain> for BrokenEntry {
    fn from(broken: BrokenChain) -> Self {
        match broken {
            BrokenChain::Altered(seq) => Self {
                seq,
                damage: AuditDamage::Altered,
            },
            BrokenChain::Missing(seq) => Self {
                seq,
                damage: AuditDamage::Missing,
            },
        }
    }
}

/// How far a chain was verified and what was found. It is intact if nothing is broken and there is no `next_cursor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditVerification {
    /// The place of the newest entry that is known to be as it was written, together with all before it.
    pub verified: u64,
    /// The hash of that entry. Whoever notes it can tell later that no entry up to it was changed since.
    pub hash: String,
    /// The first entry that is not as it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<BrokenEntry>,
    /// Where to go on; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Whose chain an operator wants verified: an organization's, or the platform's own if none is named.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyAudit {
    /// The organization.
    #[serde(default)]
    pub org_id: Option<OrgId>,
    /// Where to go on, as the verification before said.
    #[serde(default)]
    pub cursor: Option<String>,
}
