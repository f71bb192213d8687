//! Organizations, their members, invitations, access keys and audit log.

use super::Endpoint;

pub(super) const ENDPOINTS: &[Endpoint] = &[];
