//! People, as organizations know them.

use crate::access::{Role, Sites};
use crate::ids::UserId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A person's place in one organization. A person may have one in many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The person.
    pub user_id: UserId,
    /// What they are there.
    pub role: Role,
    /// Which sites they work for.
    #[serde(default)]
    pub sites: Sites,
    /// Since when.
    pub since: Timestamp,
}
