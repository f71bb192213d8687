//! The people of an organization.

use crate::time::Instant;
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::ids::UserId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MemberView {
    /// The person.
    pub user_id: UserId,
    /// Their name.
    pub name: String,
    /// Their e-mail address, for those who manage members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What they are in the organization.
    pub role: Role,
    /// Which sites they work for.
    pub sites: Sites,
    /// Since when.
    pub since: Instant,
}

/// `PATCH /v1/orgs/{org_id}/members/{user_id}`: what is not mentioned stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMember {
    /// What they are to be.
    #[serde(default)]
    pub role: Option<Role>,
    /// Which sites they are to work for.
    #[serde(default)]
    pub sites: Option<Sites>,
}
