//! Functions over temperatures that people log by hand.

pub mod get;
pub mod list;
pub mod list_due;
pub mod log;
pub mod log_many;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[
    get::FUNCTION,
    list::FUNCTION,
    list_due::FUNCTION,
    log::FUNCTION,
    log_many::FUNCTION,
];
