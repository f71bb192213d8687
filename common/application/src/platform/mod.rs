//! Those who see to the platform: who they are, what they find, and how they support a customer.

mod administrators;
mod directory;
mod support;

pub use administrators::{admit_administrator, grant_administrator, revoke_administrator};
pub use directory::{get_user, list_members_of, list_organizations, list_platform_audit, list_users};
pub use support::{end_support, get_active_support, list_support_sessions, start_support};
