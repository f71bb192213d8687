use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// That something was deleted, though it can still be restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// The site or area whose deletion took this along; restoring that restores this.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub with: Option<String>,
}
