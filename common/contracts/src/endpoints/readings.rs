//! Measurements on their way out.

use super::{Access, Endpoint, QueryParameter, schema};
use crate::problem::ProblemCode;
use crate::readings::{ReadingSummaries, ReadingView, UnitForecast};
use freshtrack_domain::access::Right;

const FROM: QueryParameter = QueryParameter {
    name: "from",
    description: "The first instant; 24 hours before `to` unless given.",
    required: false,
    format: Some("date-time"),
};

const TO: QueryParameter = QueryParameter {
    name: "to",
    description: "The last instant; now unless given. At most 31 days after `from`.",
    required: false,
    format: Some("date-time"),
};

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        function: "readings-list",
        path: "/v1/orgs/{org_id}/units/{unit_id}/readings",
        summary: "Lists a unit's readings between two instants, oldest first.",
        access: Access::Organization(Right::Read),
        query: &[FROM, TO],
        problems: &[ProblemCode::NotFound],
        ..Endpoint::series_of::<ReadingView>()
    },
    Endpoint {
        function: "readings-summarize",
        path: "/v1/orgs/{org_id}/units/{unit_id}/readings/summary",
        summary: "Tells extremes, means, time in range and coverage of a unit's readings, as a whole or by hour or day.",
        access: Access::Organization(Right::Read),
        query: &[
            FROM,
            TO,
            QueryParameter {
                name: "per",
                description: "`whole`, `hour` or `day`, on the clock of the unit's site; `whole` unless given.",
                required: false,
                format: None,
            },
        ],
        reply: Some(schema::<ReadingSummaries>),
        problems: &[ProblemCode::InvalidRequest, ProblemCode::NotFound],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "readings-forecast",
        path: "/v1/orgs/{org_id}/units/{unit_id}/forecast",
        summary: "Tells when a unit's temperature will reach its limit if it drifts on as it does now. Never an alarm.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<UnitForecast>),
        problems: &[ProblemCode::NotFound],
        ..Endpoint::BASE
    },
];
