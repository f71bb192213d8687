//! Measurements on their way out.

use super::{Access, Endpoint, QueryParameter, schema};
use crate::problem::ProblemCode;
use crate::readings::ReadingList;
use freshtrack_domain::access::Right;

pub(super) const ENDPOINTS: &[Endpoint] = &[Endpoint {
    function: "readings-list",
    path: "/v1/orgs/{org_id}/units/{unit_id}/readings",
    summary: "Lists a unit's readings between two instants, oldest first.",
    access: Access::Organization(Right::Read),
    query: &[
        QueryParameter {
            name: "from",
            description: "The first instant; 24 hours before `to` unless given.",
            required: false,
            format: Some("date-time"),
        },
        QueryParameter {
            name: "to",
            description: "The last instant; now unless given. At most 31 days after `from`.",
            required: false,
            format: Some("date-time"),
        },
    ],
    reply: Some(schema::<ReadingList>),
    problems: &[ProblemCode::InvalidRequest, ProblemCode::NotFound],
    ..Endpoint::BASE
}];
