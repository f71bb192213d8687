//! Functions that keep the system running.

pub mod get_health;
pub mod import_organization;
pub mod publish_events;
pub mod sweep_timers;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[
    get_health::FUNCTION,
    import_organization::FUNCTION,
    publish_events::FUNCTION,
    sweep_timers::FUNCTION,
];
