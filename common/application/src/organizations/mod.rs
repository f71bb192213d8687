//! Organizations and whoever acts in them: members and machines.

mod access_keys;
mod authorize_access_key;
mod bring_in;
mod slugs;

pub use access_keys::{create_access_key, list_access_keys, revoke_access_key, rotate_access_key};
pub use authorize_access_key::authorize_access_key;
pub(crate) use bring_in::{key_of, put_key, put_organization};

use crate::ports::{Clock, IdSource, Records};
use crate::registry::Registry;

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
