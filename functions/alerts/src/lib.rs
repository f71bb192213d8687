//! Functions over alerts.

pub mod acknowledge;
pub mod acknowledge_many;
pub mod analyze;
pub mod get;
pub mod list;
pub mod record_trail;
pub mod resolve;
pub mod snooze;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[
    acknowledge::FUNCTION,
    acknowledge_many::FUNCTION,
    analyze::FUNCTION,
    get::FUNCTION,
    list::FUNCTION,
    record_trail::FUNCTION,
    resolve::FUNCTION,
    snooze::FUNCTION,
];
