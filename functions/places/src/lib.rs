//! Functions over organizations, sites, areas and units.

pub mod get_overview;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[get_overview::FUNCTION];
