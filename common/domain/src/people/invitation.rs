//! Invitations: how somebody who is asked becomes a member.

use super::{EmailAddress, Member, SecretHash};
use crate::access::{Role, Sites};
use crate::ids::{InvitationId, UserId};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How long an invitation can be accepted after it was last sent.
pub const INVITATION_LIFE: Span = Span::hours(7 * 24);
/// How long it is remembered what came of an invitation, after it could be accepted.
pub const INVITATION_KEPT: Span = Span::hours(90 * 24);
/// How often an invitation can be sent: enough to be found in a folder of unwanted mail, too little to fill one.
pub const MOST_SENDINGS: u32 = 10;
/// How long to wait before it is sent again.
pub const RESEND_AFTER: Span = Span::minutes(1);

/// Somebody who is asked to join an organization, by their address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Its identifier.
    pub id: InvitationId,
    /// Who is asked.
    pub email: EmailAddress,
    /// What they are to be.
    pub role: Role,
    /// Which sites they are to work for.
    #[serde(default)]
    pub sites: Sites,
    /// Who asked.
    pub invited_by: UserId,
    /// When they were first asked.
    pub created_at: Timestamp,
    /// When the newest mail was sent.
    pub sent_at: Timestamp,
    /// How many mails were sent.
    pub sendings: u32,
    /// The hash of the token in the newest mail.
    pub token: SecretHash,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub outcome: Option<InvitationOutcome>,
}

/// What came of an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum InvitationOutcome {
    /// Somebody joined.
    Accepted {
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
    },
    /// It was taken back.
    Revoked {
        /// When.
        at: Timestamp,
    },
}

impl Invitation {
    /// Until when it can be accepted.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.sent_at + INVITATION_LIFE
    }

    /// Whether it can be accepted at `now`.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.outcome.is_none() && now < self.expires_at()
    }

    /// The membership that accepting it at `now` makes of the person `user_id`.
    #[must_use]
    pub fn member(&self, user_id: UserId, now: Timestamp) -> Member {
        Member {
            user_id,
            role: self.role,
            sites: self.sites.clone(),
            since: now,
        }
    }
}
