//! Alerts.

use super::{Access, Endpoint, QueryParameter, schema};
use crate::alerts::{
    AcknowledgeAlert, AcknowledgeAlerts, AcknowledgementReport, AlertAnalytics, AlertDetail, AlertView,
    ResolveAlert, SnoozeAlert,
};
use crate::problem::ProblemCode;
use freshtrack_domain::access::Right;
use serde_json::json;

const fn parameter(name: &'static str, description: &'static str) -> QueryParameter {
    QueryParameter {
        name,
        description,
        required: false,
        format: None,
    }
}

const fn instant(name: &'static str, description: &'static str) -> QueryParameter {
    QueryParameter {
        format: Some("date-time"),
        ..parameter(name, description)
    }
}

const SITE: QueryParameter = parameter("site_id", "Of the units of this site only.");
const UNIT: QueryParameter = parameter("unit_id", "Of this unit only.");

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        function: "alerts-list",
        path: "/v1/orgs/{org_id}/alerts",
        summary: "Lists alerts, the newest first.",
        access: Access::Organization(Right::Read),
        query: &[
            parameter(
                "status",
                "Whether the condition holds: `open` or `resolved`. Open unless given; both if `unsigned` is.",
            ),
            parameter(
                "unsigned",
                "`true` for those alone that ask for somebody's signature, though their condition may be over.",
            ),
            parameter(
                "handling",
                "How far people are: `open`, `acknowledged` or `resolved`.",
            ),
            parameter("kind", "What they are about, such as `temp_excursion`."),
            parameter(
                "severity",
                "The worst they have been: `info`, `warning` or `critical`.",
            ),
            SITE,
            UNIT,
            instant("from", "Those that opened then or later."),
            instant("to", "Those that opened before."),
        ],
        ..Endpoint::list_of::<AlertView>()
    },
    Endpoint {
        function: "alerts-analyze",
        path: "/v1/orgs/{org_id}/alerts/analytics",
        summary: "Counts the alerts of a span of time, tells how fast people were, and names the worst units.",
        access: Access::Organization(Right::Read),
        query: &[
            instant("from", "The first instant; 30 days before `to` unless given."),
            instant(
                "to",
                "The first instant that does not count any more; now unless given. At most 90 days after `from`.",
            ),
            SITE,
            UNIT,
        ],
        reply: Some(schema::<AlertAnalytics>),
        problems: &[ProblemCode::InvalidRequest, ProblemCode::NotFound],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "alerts-get",
        path: "/v1/orgs/{org_id}/alerts/{alert_id}",
        summary: "Shows an alert and what happened to it.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<AlertDetail>),
        problems: &[ProblemCode::NotFound],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "alerts-acknowledge",
        method: "POST",
        path: "/v1/orgs/{org_id}/alerts/{alert_id}/acknowledge",
        summary: "Signs that an alert was seen. Changes nothing if somebody has signed it as bad as it is.",
        access: Access::Organization(Right::AcknowledgeAlerts),
        request: Some(schema::<AcknowledgeAlert>),
        example: Some(|| json!({ "note": "The door was open for a delivery." })),
        reply: Some(schema::<AlertView>),
        problems: &[
            ProblemCode::InvalidRequest,
            ProblemCode::NotFound,
            ProblemCode::Conflict,
        ],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "alerts-acknowledge-many",
        method: "POST",
        path: "/v1/orgs/{org_id}/alerts/acknowledge",
        summary: "Signs that up to 100 alerts were seen; each is answered for itself.",
        access: Access::Organization(Right::AcknowledgeAlerts),
        request: Some(schema::<AcknowledgeAlerts>),
        example: Some(|| {
            json!({
                "alerts": ["alr_01JD8Q6V5W3Y8R2T4N6M8P0Q2S"],
                "note": "All seen on the morning round.",
            })
        }),
        reply: Some(schema::<AcknowledgementReport>),
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "alerts-snooze",
        method: "POST",
        path: "/v1/orgs/{org_id}/alerts/{alert_id}/snooze",
        summary: "Lets an alert wait, until then or until it becomes worse.",
        access: Access::Organization(Right::AcknowledgeAlerts),
        request: Some(schema::<SnoozeAlert>),
        example: Some(|| json!({ "until": "2026-11-21T04:00:00Z", "note": "The technician is on the way." })),
        reply: Some(schema::<AlertView>),
        problems: &[
            ProblemCode::InvalidRequest,
            ProblemCode::NotFound,
            ProblemCode::Conflict,
        ],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "alerts-resolve",
        method: "POST",
        path: "/v1/orgs/{org_id}/alerts/{alert_id}/resolve",
        summary: "Signs what was found and what was done. The unit stays as it is measured.",
        access: Access::Organization(Right::ResolveAlerts),
        request: Some(schema::<ResolveAlert>),
        example: Some(|| {
            json!({
                "text": "The gasket of the door was torn.",
                "corrective_action": "Food moved to the walk-in, two trays discarded, gasket replaced.",
            })
        }),
        reply: Some(schema::<AlertView>),
        problems: &[
            ProblemCode::InvalidRequest,
            ProblemCode::NotFound,
            ProblemCode::Conflict,
            ProblemCode::CorrectiveActionRequired,
        ],
        ..Endpoint::BASE
    },
];
