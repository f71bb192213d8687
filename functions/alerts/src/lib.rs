//! Functions over alerts.

pub mod get;
pub mod list;
pub mod record_trail;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[get::FUNCTION, list::FUNCTION, record_trail::FUNCTION];
