//! How alarms of the library are set at one place, and what they were before.

use super::RuleScope;
use crate::ids::UserId;
use crate::time::Timestamp;
use crate::unit::{AlarmId, AlarmValues};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is set of alarms at one place; what is not named is left to the level above.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmSet {
    /// Where.
    pub scope: RuleScope,
    /// What.
    pub alarms: BTreeMap<AlarmId, AlarmValues>,
}

/// That alarms were set otherwise at a place. It is written with the change and never again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmChange {
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
    /// What was set.
    pub before: BTreeMap<AlarmId, AlarmValues>,
    /// What is set since.
    pub after: BTreeMap<AlarmId, AlarmValues>,
}
