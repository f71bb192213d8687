//! Functions that decide who calls.

pub mod authorize_http;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[authorize_http::FUNCTION];
