//! What rules were before: each change of them is kept.

use super::{RuleFields, RuleScope};
use crate::ids::UserId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// That the rules of a place were changed. It is written with the change and never again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleChange {
    /// Where they are set.
    pub scope: RuleScope,
    /// How often they had been set there by then, this time included.
    pub rev: u64,
    /// When.
    pub at: Timestamp,
    /// Who did it: the identifier of a user, an access key or a worker.
    pub by: String,
    /// On whose behalf, when a platform administrator acted in support of a member.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acting_as: Option<UserId>,
    /// What they were.
    pub before: RuleFields,
    /// What they are since.
    pub after: RuleFields,
}
