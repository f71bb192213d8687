//! Temperatures logged by hand.

use super::{Access, Endpoint, QueryParameter, schema};
use crate::logbook::{DueLog, LogReport, LogView, NewLog, NewLogs};
use crate::problem::ProblemCode;
use freshtrack_domain::access::Right;
use serde_json::json;

const fn instant(name: &'static str, description: &'static str) -> QueryParameter {
    QueryParameter {
        name,
        description,
        required: false,
        format: Some("date-time"),
    }
}

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        function: "logbook-log",
        method: "POST",
        path: "/v1/orgs/{org_id}/units/{unit_id}/logs",
        summary: "Logs the temperature of a unit by hand.",
        access: Access::Organization(Right::LogTemperatures),
        request: Some(schema::<NewLog>),
        example: Some(|| {
            json!({
                "temperature_f": 38.5,
                "recorded_at": "2026-11-21T03:00:00Z",
                "notes": "Morning round.",
                "corrective_action": "Thermostat turned down.",
                "client_id": "01JD8Q6V5W3Y8R2T4N6M8P0Q2S",
            })
        }),
        reply: Some(schema::<LogView>),
        status: 201,
        problems: &[
            ProblemCode::InvalidRequest,
            ProblemCode::NotFound,
            ProblemCode::Conflict,
            ProblemCode::CorrectiveActionRequired,
        ],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "logbook-log-many",
        method: "POST",
        path: "/v1/orgs/{org_id}/logs",
        summary: "Takes up to 100 logs that a device has kept; each is answered for itself.",
        access: Access::Organization(Right::LogTemperatures),
        request: Some(schema::<NewLogs>),
        example: Some(|| {
            json!({
                "logs": [{
                    "unit_id": "unt_01JD8Q6V63D0R2S5F7H9K1N3T4",
                    "temperature_c": 3.5,
                    "recorded_at": "2026-11-21T03:00:00Z",
                    "client_id": "0193a5c2-7f3e-7b1a-9c4d-5e6f7a8b9c0d",
                }],
            })
        }),
        reply: Some(schema::<LogReport>),
        problems: &[ProblemCode::InvalidRequest],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "logbook-list",
        path: "/v1/orgs/{org_id}/units/{unit_id}/logs",
        summary: "Lists the logs of a unit, the last measured first.",
        access: Access::Organization(Right::Read),
        query: &[
            instant("from", "Those that were measured then or later."),
            instant("to", "Those that were measured before."),
        ],
        problems: &[ProblemCode::NotFound],
        ..Endpoint::list_of::<LogView>()
    },
    Endpoint {
        function: "logbook-get",
        path: "/v1/orgs/{org_id}/units/{unit_id}/logs/{log_id}",
        summary: "Shows a log of a unit, and which log corrects it.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<LogView>),
        problems: &[ProblemCode::NotFound],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "logbook-list-due",
        path: "/v1/orgs/{org_id}/logs/due",
        summary: "Lists the units that are logged by hand, by when their next log is due.",
        access: Access::Organization(Right::Read),
        query: &[QueryParameter {
            name: "site_id",
            description: "Of this site only.",
            required: false,
            format: None,
        }],
        ..Endpoint::list_of::<DueLog>()
    },
];
