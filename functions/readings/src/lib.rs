//! Functions that read measurements back.

pub mod forecast;
pub mod list;
pub mod summarize;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[forecast::FUNCTION, list::FUNCTION, summarize::FUNCTION];
