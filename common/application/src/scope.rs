//! Who asks, and on whose behalf. No port is reached without it, so tenant isolation is a type.

use crate::error::Refusal;
use freshtrack_domain::access::{Right, Rights, Sites};
use freshtrack_domain::ids::{Id, OrgId, SessionId, SiteId, UserId};
use serde::{Deserialize, Serialize};

/// The organization on whose behalf something is done.
///
/// Made only where a credential was checked: by an authorizer's answer, by the topic that a device's
/// certificate allows, or by an item of the organization itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrgScope(OrgId);

impl OrgScope {
    /// The scope of `org_id`, for which the caller has shown a credential.
    #[must_use]
    pub const fn granted(org_id: OrgId) -> Self {
        Self(org_id)
    }

    /// The organization.
    #[must_use]
    pub const fn org_id(self) -> OrgId {
        self.0
    }
}

/// Who does something, as the audit chain and the log name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The identifier of a user, an access key or a worker.
    pub id: String,
    /// The user in whose name a platform administrator acts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acting_as: Option<UserId>,
    /// The sign-in of a user: what they opened by it ends with it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub session: Option<SessionId>,
}

impl Actor {
    /// Somebody who acts in their own name.
    pub fn new(id: impl ToString) -> Self {
        Self {
            id: id.to_string(),
            acting_as: None,
            session: None,
        }
    }
}

/// Who asks for something within an organization, and what they may do there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The organization.
    pub scope: OrgScope,
    /// Who it is.
    pub actor: Actor,
    /// What they may do.
    pub rights: Rights,
    /// Where they may do it.
    pub sites: Sites,
}

impl Caller {
    /// Whether the caller may do what `right` allows.
    #[must_use]
    pub const fn may(&self, right: Right) -> bool {
        self.rights.contains(right)
    }

    /// Refuses what belongs to a site that the caller may not see. `what` is what they asked for.
    ///
    /// # Errors
    /// As if there were no such thing.
    pub fn sees(&self, site_id: SiteId, what: &str) -> Result<(), Refusal> {
        if self.sites.include(site_id) {
            Ok(())
        } else {
            Err(Refusal::not_found(what))
        }
    }
}

/// A person who sees to the platform and has signed in. Made only where that was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Administrator(SignedIn);

impl Administrator {
    /// The administrator that `person` is, who has been found to be one.
    #[must_use]
    pub const fn granted(person: SignedIn) -> Self {
        Self(person)
    }

    /// The person.
    #[must_use]
    pub const fn person(self) -> SignedIn {
        self.0
    }
}

/// A person who has signed in, outside of any organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedIn {
    /// Who it is.
    pub user_id: UserId,
    /// By which sign-in.
    pub session_id: SessionId,
}

impl SignedIn {
    /// The person, as the audit chain names them.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor {
            session: Some(self.session_id),
            ..Actor::new(self.user_id)
        }
    }

    /// Whether we keep the sign-in. Those at other issuers, which only they can end, carry no time.
    pub(crate) fn is_kept(&self) -> bool {
        self.session_id.ulid().timestamp_ms() > 0
    }
}
