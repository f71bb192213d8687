//! Functions that write to people.

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[];
