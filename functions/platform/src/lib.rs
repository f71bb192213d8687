//! Functions that keep the system running.

pub mod end_support;
pub mod get_docs;
pub mod get_health;
pub mod get_openapi;
pub mod get_support;
pub mod get_user;
pub mod grant_administrator;
pub mod import_organization;
pub mod list_audit;
pub mod list_members;
pub mod list_organizations;
pub mod list_users;
pub mod publish_events;
pub mod revoke_administrator;
pub mod start_support;
pub mod sweep_timers;
pub mod verify_audit;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[
    end_support::FUNCTION,
    get_docs::FUNCTION,
    get_health::FUNCTION,
    get_openapi::FUNCTION,
    get_support::FUNCTION,
    get_user::FUNCTION,
    grant_administrator::FUNCTION,
    import_organization::FUNCTION,
    list_audit::FUNCTION,
    list_members::FUNCTION,
    list_organizations::FUNCTION,
    list_users::FUNCTION,
    publish_events::FUNCTION,
    revoke_administrator::FUNCTION,
    start_support::FUNCTION,
    sweep_timers::FUNCTION,
    verify_audit::FUNCTION,
];
