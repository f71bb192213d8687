//! Sensors, gateways and network servers.

use super::Endpoint;

pub(super) const ENDPOINTS: &[Endpoint] = &[];
