//! Functions that read measurements back.

pub mod export;
pub mod forecast;
pub mod get_latest;
pub mod get_series;
pub mod judge_past;
pub mod list;
pub mod list_door_events;
pub mod list_gaps;
pub mod summarize;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[
    export::FUNCTION,
    forecast::FUNCTION,
    get_latest::FUNCTION,
    get_series::FUNCTION,
    judge_past::FUNCTION,
    list::FUNCTION,
    list_door_events::FUNCTION,
    list_gaps::FUNCTION,
    summarize::FUNCTION,
];
