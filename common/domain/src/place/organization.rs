use crate::ids::OrgId;
use serde::{Deserialize, Serialize};

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Its identifier.
    pub id: OrgId,
    /// Its name.
    pub name: String,
}
