//! Functions that read measurements back.

pub mod list;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[list::FUNCTION];
