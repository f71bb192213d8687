//! The audit chain, read back and verified.

mod list_audit;
mod verify_audit;

pub use list_audit::{AuditFilter, list_audit};
pub use verify_audit::{verify_all, verify_audit};
