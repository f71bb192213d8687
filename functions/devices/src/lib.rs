//! Functions over sensors, gateways and network servers.

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[];
