//! Invitations to an organization.

use crate::identity::Token;
use crate::time::Instant;
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::ids::{InvitationId, UserId};
use freshtrack_domain::people::EmailAddress;
use freshtrack_domain::text::Name;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `POST /v1/orgs/{org_id}/invitations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateInvitation {
    /// Who is asked. They get a mail with a link, whether or not they have an account.
    pub email: EmailAddress,
    /// What they are to be.
    pub role: Role,
    /// Which sites they are to work for. All unless said otherwise.
    #[serde(default)]
    pub sites: Sites,
}

/// What came of an invitation so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitationStatus {
    /// It can be accepted.
    Pending,
    /// It was not accepted in time. It can be sent again.
    Expired,
    /// Somebody joined by it.
    Accepted,
    /// It was taken back.
    Revoked,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InvitationView {
    /// Its identifier.
    pub id: InvitationId,
    /// Who is asked.
    pub email: EmailAddress,
    /// What they are to be.
    pub role: Role,
    /// Which sites they are to work for.
    pub sites: Sites,
    /// What came of it so far.
    pub status: InvitationStatus,
    /// Who asked.
    pub invited_by: UserId,
    /// When they were first asked.
    pub created_at: Instant,
    /// When the newest mail was sent.
    pub sent_at: Instant,
    /// Until when it can be accepted.
    pub expires_at: Instant,
}

/// `POST /v1/invitations/preview` and `POST /v1/invitations/accept`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationToken {
    /// The token in the mail.
    pub token: Token,
}

/// What whoever holds the link may know before they sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InvitationPreview {
    /// The name of the organization.
    pub organization: Name,
    /// Who asks.
    pub invited_by: String,
    /// The address that was invited: it can be accepted by its holder only.
    pub email: EmailAddress,
    /// What they are to be.
    pub role: Role,
    /// Until when it can be accepted.
    pub expires_at: Instant,
}
