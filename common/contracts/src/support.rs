//! What administrators of the platform see and do.

use crate::identity::MembershipView;
use crate::time::Instant;
use freshtrack_domain::ids::{OrgId, SupportSessionId, UserId};
use freshtrack_domain::people::EmailAddress;
use freshtrack_domain::support::{Reason, SupportEndReason};
use freshtrack_domain::text::Name;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PersonView {
    /// Their identifier.
    pub id: UserId,
    /// Their address.
    pub email: EmailAddress,
    /// What they are called.
    pub name: Name,
    /// Since when they have the account.
    pub created_at: Instant,
}

/// A person and where they belong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PersonDetail {
    /// The person.
    pub person: PersonView,
    /// Their organizations.
    pub memberships: Vec<MembershipView>,
}

/// `POST /v1/platform/support-sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartSupport {
    /// The organization.
    pub org_id: OrgId,
    /// The member in whose place to act.
    pub user_id: UserId,
    /// Why. The organization reads it.
    pub reason: Reason,
    /// For how many minutes, 1 to 60; 30 unless given.
    #[serde(default)]
    pub minutes: Option<u32>,
}

/// Whether a support session goes on, or how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SupportStatus {
    /// It goes on.
    Active,
    /// Its time was over.
    TimedOut,
    /// The administrator ended it.
    Ended,
    /// The administrator began another one.
    Replaced,
}

impl From<SupportEndReason> for SupportStatus {
    fn from(reason: SupportEndReason) -> Self {
        match reason {
            SupportEndReason::Manual => Self::Ended,
            SupportEndReason::Replaced => Self::Replaced,
        }
    }
}

/// An administrator's access to an organization in the place of one of its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SupportSessionView {
    /// Its identifier.
    pub id: SupportSessionId,
    /// The organization.
    pub org_id: OrgId,
    /// The name of the organization.
    pub organization: Name,
    /// The administrator.
    pub administrator: UserId,
    /// What they are called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub administrator_name: Option<String>,
    /// The member in whose place they act.
    pub member: UserId,
    /// What the member is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_name: Option<String>,
    /// Why.
    pub reason: String,
    /// Whether it goes on, or how it ended.
    pub status: SupportStatus,
    /// When it began.
    pub started_at: Instant,
    /// When it ended, or ends at the latest.
    pub ends_at: Instant,
}

/// `GET /v1/platform/support-sessions/active`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ActiveSupportView {
    /// What the administrator supports at the moment.
    pub session: Option<SupportSessionView>,
}

/// What an operator tells of a person to make them an administrator, or one no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdministratorAddress {
    /// The address of their account.
    pub email: EmailAddress,
}

/// Who it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdministratorChanged {
    /// The person.
    pub user_id: UserId,
}
