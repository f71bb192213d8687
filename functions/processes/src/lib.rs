//! Functions over timed processes.

pub mod end;
pub mod get;
pub mod list;
pub mod list_kinds;
pub mod list_observations;
pub mod observe;
pub mod observe_many;
pub mod start;
pub mod sweep_deadlines;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[
    end::FUNCTION,
    get::FUNCTION,
    list::FUNCTION,
    list_kinds::FUNCTION,
    list_observations::FUNCTION,
    observe::FUNCTION,
    observe_many::FUNCTION,
    start::FUNCTION,
    sweep_deadlines::FUNCTION,
];
