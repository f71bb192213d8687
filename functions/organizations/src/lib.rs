//! Functions over organizations, their members, invitations and access keys.

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[];
