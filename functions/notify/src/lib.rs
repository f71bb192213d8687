//! Functions that write to people.

pub mod send_mail;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[send_mail::FUNCTION];
