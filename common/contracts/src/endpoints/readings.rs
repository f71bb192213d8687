//! Measurements on their way out.

use super::{Access, Endpoint, QueryParameter, schema};
use crate::problem::ProblemCode;
use crate::readings::{
    DoorEventView, GapView, LatestReadings, ReadingSeries, ReadingSummaries, ReadingView, UnitForecast,
};
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

const YEAR_TO: QueryParameter = QueryParameter {
    description: "The last instant; now unless given. At most 366 days after `from`.",
    ..TO
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
            QueryParameter {
                name: "rolling_minutes",
                description: "How long the rolling window is by which exposure adds up, 1 to 10,080; 240 unless given.",
                required: false,
                format: Some("int32"),
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
    Endpoint {
        function: "readings-get-latest",
        path: "/v1/orgs/{org_id}/units/{unit_id}/readings/latest",
        summary: "Shows the newest reading of each sensor of a unit.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<LatestReadings>),
        problems: &[ProblemCode::NotFound],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "readings-get-series",
        path: "/v1/orgs/{org_id}/units/{unit_id}/readings/series",
        summary: "Draws a unit's temperatures over any time up to a year, with every extreme and no line over a gap.",
        access: Access::Organization(Right::Read),
        query: &[
            FROM,
            YEAR_TO,
            QueryParameter {
                name: "points",
                description: "In how many columns at most, 1 to 1,000; 500 unless given. Each has up to four points.",
                required: false,
                format: Some("int32"),
            },
        ],
        reply: Some(schema::<ReadingSeries>),
        problems: &[ProblemCode::InvalidRequest, ProblemCode::NotFound],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "readings-list-gaps",
        path: "/v1/orgs/{org_id}/units/{unit_id}/readings/gaps",
        summary: "Lists the times about which a sensor of a unit told nothing, oldest first.",
        access: Access::Organization(Right::Read),
        query: &[
            FROM,
            YEAR_TO,
            QueryParameter {
                name: "percent",
                description: "From how much of the sensor's interval silence is a gap, 100 to 10,000; 250 unless given.",
                required: false,
                format: Some("int32"),
            },
        ],
        problems: &[ProblemCode::NotFound],
        ..Endpoint::series_of::<GapView>()
    },
    Endpoint {
        function: "readings-list-door-events",
        path: "/v1/orgs/{org_id}/units/{unit_id}/door-events",
        summary: "Lists when the doors of a unit were opened and closed, oldest first.",
        access: Access::Organization(Right::Read),
        query: &[FROM, YEAR_TO],
        problems: &[ProblemCode::NotFound],
        ..Endpoint::series_of::<DoorEventView>()
    },
    Endpoint {
        function: "readings-export",
        path: "/v1/orgs/{org_id}/units/{unit_id}/readings/export",
        summary: "Writes a unit's readings as a table, oldest first, page by page: `Link` leads to the next. Only the first page names \
            the columns, so that the pages of a year, one behind the other, are one table.",
        access: Access::Organization(Right::Read),
        query: &[
            FROM,
            YEAR_TO,
            QueryParameter {
                name: "limit",
                description: "How many readings at most, 1 to 10,000.",
                required: false,
                format: Some("int32"),
            },
            QueryParameter {
                name: "cursor",
                description: "As in the `Link` of the page before.",
                required: false,
                format: None,
            },
        ],
        reply: Some(schema::<String>),
        media_type: "text/csv",
        problems: &[ProblemCode::InvalidRequest, ProblemCode::NotFound],
        ..Endpoint::BASE
    },
];
