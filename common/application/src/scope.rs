//! Who asks, and on whose behalf. No port is reached without it, so tenant isolation is a type.

use freshtrack_domain::access::Right;
use freshtrack_domain::ids::OrgId;

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

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The organization the credential belongs to.
    pub scope: OrgScope,
    /// The credential's identifier, for the log.
    pub actor: String,
    /// What the credential allows.
    pub rights: Vec<Right>,
}

impl Caller {
    /// Whether the credential allows `right`.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }
}
