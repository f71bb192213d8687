//! The system itself.

use super::{Access, Endpoint, Health, schema};
use crate::problem::ProblemCode;

pub(super) const ENDPOINTS: &[Endpoint] = &[Endpoint {
    function: "platform-get-health",
    path: "/v1/health",
    summary: "Tells whether the system answers.",
    access: Access::Anyone,
    reply: Some(schema::<Health>),
    problems: &[ProblemCode::Unavailable],
    ..Endpoint::BASE
}];
