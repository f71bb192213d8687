//! Organizations and whoever acts in them: members and machines.

mod access_keys;
mod admit_person;
mod authorize_access_key;
mod bring_in;
mod delete_account;
mod holds_until;
mod invitations;
mod lifecycle;
mod members;
mod people;
mod slugs;

pub use access_keys::{create_access_key, list_access_keys, revoke_access_key, rotate_access_key};
pub(crate) use access_keys::{draw_secret, end_key, machine_key, rotation};
pub use admit_person::admit_person;
pub(crate) use admit_person::supported;
pub use authorize_access_key::authorize_access_key;
pub(crate) use bring_in::{OPERATOR, key_of, put_key, put_organization};
pub use delete_account::delete_account;
pub use holds_until::holds_until;
pub use invitations::{
    Post, accept_invitation, create_invitation, list_invitations, preview_invitation, resend_invitation,
    revoke_invitation,
};
pub(crate) use lifecycle::find as find_organization;
pub use lifecycle::{
    check_slug, create_organization, delete_organization, get_organization, list_own_organizations,
    restore_organization, update_organization,
};
pub use members::{leave_organization, remove_member, transfer_ownership, update_member};
pub use people::list_members;
pub(crate) use people::{members_page, user};

use crate::error::Refusal;
use crate::ports::{Clock, IdSource, Records};
use crate::registry::Registry;
use crate::scope::{Caller, OrgScope};
use freshtrack_contracts::events::{Event, Happening};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::ids::OrgId;
use freshtrack_domain::time::Timestamp;

/// Organizations that a person may belong to, so that all of them can be shown at once.
const MOST_MEMBERSHIPS: usize = 100;

/// What seeing to organizations needs.
#[derive(Clone, Copy)]
pub struct Office<'a> {
    /// The records.
    pub records: &'a dyn Records,
    /// New identifiers and secrets.
    pub ids: &'a dyn IdSource,
    /// The time.
    pub clock: &'a dyn Clock,
}

impl<'a> Office<'a> {
    pub(crate) const fn registry(&self) -> Registry<'a> {
        Registry {
            records: self.records,
            clock: self.clock,
        }
    }
}

/// The organization as a whole, for what is about no single site of it.
///
/// # Errors
/// Refused to members and keys that work for some of its sites.
pub fn whole_organization(caller: &Caller) -> Result<OrgScope, Refusal> {
    if caller.sites.are_all() {
        Ok(caller.scope)
    } else {
        Err(Refusal::new(
            ProblemCode::MissingRight,
            "This is about the whole organization, and you work for some of its sites.",
        ))
    }
}

/// The event of a change of `record` that was read as `rev`.
pub(crate) fn event(
    office: &Office<'_>,
    org_id: OrgId,
    record: impl ToString,
    rev: u64,
    what: Happening,
) -> Event {
    event_at(office.clock.now(), org_id, record, rev, what)
}

/// As [`event`], at a time that is known.
pub(crate) fn event_at(
    now: Timestamp,
    org_id: OrgId,
    record: impl ToString,
    rev: u64,
    what: Happening,
) -> Event {
    // With the time, for a person who leaves may come again.
    let id = format!(
        "{}:{}:{rev}@{}",
        record.to_string(),
        what.detail_type(),
        now.as_millis()
    );
    Event::of_record(org_id, id, now.into(), what)
}
