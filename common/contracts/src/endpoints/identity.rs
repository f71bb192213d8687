//! People: signing up, signing in, their sessions and secrets.

use super::Endpoint;

pub(super) const ENDPOINTS: &[Endpoint] = &[];
