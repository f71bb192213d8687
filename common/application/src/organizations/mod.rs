//! Organizations and whoever acts in them: members and machines.

mod access_keys;
mod authorize_access_key;
mod bring_in;
mod lifecycle;
mod members;
mod slugs;

pub use access_keys::{create_access_key, list_access_keys, revoke_access_key, rotate_access_key};
pub use authorize_access_key::authorize_access_key;
pub(crate) use bring_in::{key_of, put_key, put_organization};
pub use lifecycle::{
    check_slug, create_organization, delete_organization, get_organization, restore_organization,
    update_organization,
};
pub use members::{leave_organization, remove_member, transfer_ownership, update_member};

use crate::error::Refusal;
use crate::ports::{Clock, IdSource, Records};
use crate::registry::Registry;
use crate::scope::Caller;
use freshtrack_contracts::events::{Event, Happening};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::ids::OrgId;

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
    const fn registry(&self) -> Registry<'a> {
        Registry {
            records: self.records,
            clock: self.clock,
        }
    }
}

/// Refuses what is about the whole organization to members who work for some of its sites.
pub(crate) fn whole_organization(caller: &Caller) -> Result<(), Refusal> {
    if caller.sites.are_all() {
        Ok(())
    } else {
        Err(Refusal::new(
            ProblemCode::MissingRight,
            "This is about the whole organization, and you work for some of its sites.",
        ))
    }
}

/// The event of a change of `record` that was read as `rev`.
fn event(office: &Office<'_>, org_id: OrgId, record: impl ToString, rev: u64, what: Happening) -> Event {
    let now = office.clock.now();
    // With the time, for a person who leaves may come again.
    let id = format!(
        "{}:{}:{rev}@{}",
        record.to_string(),
        what.detail_type(),
        now.as_millis()
    );
    Event::of_record(org_id, id, now.into(), what)
}
