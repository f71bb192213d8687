//! Access keys: credentials of an organization for machines.

use crate::identity::Token;
use crate::time::Instant;
use freshtrack_domain::access::{Right, Sites};
use freshtrack_domain::ids::AccessKeyId;
use freshtrack_domain::text::Name;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// `POST /v1/orgs/{org_id}/access-keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateAccessKey {
    /// What it is for.
    pub name: Name,
    /// What it is to allow: rights that the caller has and keys may carry, and sending readings.
    #[schemars(length(min = 1))]
    pub rights: BTreeSet<Right>,
    /// Where. All sites unless said otherwise.
    #[serde(default)]
    pub sites: Sites,
    /// When it ends by itself. Never unless said otherwise.
    #[serde(default)]
    pub expires_at: Option<Instant>,
}

/// `POST /v1/orgs/{org_id}/access-keys/{key_id}/rotation`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateAccessKey {
    /// For how many hours the present secret still holds, 0 to 168; 24 unless given.
    #[serde(default)]
    #[schemars(range(min = 0, max = 168))]
    pub overlap_hours: Option<u32>,
}

/// Whether an access key can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessKeyStatus {
    /// It can.
    Active,
    /// It has ended by itself.
    Expired,
    /// Somebody has ended it.
    Revoked,
}

/// An access key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccessKeyView {
    /// Its identifier, which stays the same when its secret is rotated.
    pub id: AccessKeyId,
    /// What it is for.
    pub name: Name,
    /// How its secret begins, to tell it from others.
    pub prefix: String,
    /// What it allows.
    pub rights: BTreeSet<Right>,
    /// Where it allows it.
    pub sites: Sites,
    /// Whether it can be used.
    pub status: AccessKeyStatus,
    /// Since when there is it.
    pub created_at: Instant,
    /// Who created it.
    pub created_by: String,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
    /// Until when the secret before this one still holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_until: Option<Instant>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Instant>,
    /// When it was last used, to the hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Instant>,
}

/// A new access key or a new secret of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NewAccessKey {
    /// The key.
    pub key: AccessKeyView,
    /// The secret, which is shown this once.
    pub secret: Token,
}
