//! Cooling, reheating, holding and standing by the clock.

use super::{Access, Endpoint, QueryParameter, schema};
use crate::problem::ProblemCode;
use crate::processes::{
    EndProcess, NewObservation, NewObservations, NewProcess, ObservationReport, ObservationView,
    ProcessKindView, ProcessView,
};
use freshtrack_domain::access::Right;
use serde_json::json;

const fn parameter(
    name: &'static str,
    description: &'static str,
    format: Option<&'static str>,
) -> QueryParameter {
    QueryParameter {
        name,
        description,
        required: false,
        format,
    }
}

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        function: "processes-list-kinds",
        path: "/v1/orgs/{org_id}/process-kinds",
        summary: "Lists the kinds of timed processes, with their limits and where those come from.",
        access: Access::Organization(Right::Read),
        ..Endpoint::list_of::<ProcessKindView>()
    },
    Endpoint {
        function: "processes-start",
        method: "POST",
        path: "/v1/orgs/{org_id}/processes",
        summary: "Starts a timed process.",
        access: Access::Organization(Right::LogTemperatures),
        request: Some(schema::<NewProcess>),
        example: Some(|| {
            json!({
                "kind": "two_stage_cooling",
                "product": "Tomato soup",
                "batch": "2026-11-21/2",
                "unit_id": "unt_01JD8Q6V63D0R2S5F7H9K1N3T4",
                "limits": [{ "stage": "second_cooling", "temperature_c": 4.0, "source": "HACCP plan, 2026" }],
                "client_id": "01JD8Q6V5W3Y8R2T4N6M8P0Q2S",
            })
        }),
        reply: Some(schema::<ProcessView>),
        status: 201,
        problems: &[
            ProblemCode::InvalidRequest,
            ProblemCode::NotFound,
            ProblemCode::Conflict,
        ],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "processes-list",
        path: "/v1/orgs/{org_id}/processes",
        summary: "Lists timed processes, the last started first.",
        access: Access::Organization(Right::Read),
        query: &[
            parameter(
                "verdict",
                "Those that are `running`, `passed`, `failed` or `abandoned`.",
                None,
            ),
            parameter("kind", "Those of this kind.", None),
            parameter("site_id", "Of this site only.", None),
            parameter("unit_id", "Of this unit only.", None),
            parameter(
                "from",
                "Those that were started then or later.",
                Some("date-time"),
            ),
            parameter("to", "Those that were started before.", Some("date-time")),
        ],
        ..Endpoint::list_of::<ProcessView>()
    },
    Endpoint {
        function: "processes-get",
        path: "/v1/orgs/{org_id}/processes/{process_id}",
        summary: "Shows a timed process: how far it is, until when, and what must be done next.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<ProcessView>),
        problems: &[ProblemCode::NotFound],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "processes-observe",
        method: "POST",
        path: "/v1/orgs/{org_id}/processes/{process_id}/observations",
        summary: "Adds a temperature of the food to a timed process.",
        access: Access::Organization(Right::LogTemperatures),
        request: Some(schema::<NewObservation>),
        example: Some(|| {
            json!({
                "temperature_f": 132.8,
                "notes": "In the middle of the pot.",
                "client_id": "01JD8Q6V5W3Y8R2T4N6M8P0Q2S",
            })
        }),
        reply: Some(schema::<ObservationView>),
        status: 201,
        problems: &[
            ProblemCode::InvalidRequest,
            ProblemCode::NotFound,
            ProblemCode::Conflict,
        ],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "processes-observe-many",
        method: "POST",
        path: "/v1/orgs/{org_id}/observations",
        summary: "Takes up to 100 observations that a device has kept; each is answered for itself.",
        access: Access::Organization(Right::LogTemperatures),
        request: Some(schema::<NewObservations>),
        example: Some(|| {
            json!({
                "observations": [{
                    "process_id": "prc_01JD8Q6V63D0R2S5F7H9K1N3T4",
                    "temperature_c": 58.0,
                    "client_id": "0193a5c2-7f3e-7b1a-9c4d-5e6f7a8b9c0d",
                }],
            })
        }),
        reply: Some(schema::<ObservationReport>),
        problems: &[ProblemCode::InvalidRequest],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "processes-list-observations",
        path: "/v1/orgs/{org_id}/processes/{process_id}/observations",
        summary: "Lists the observations of a timed process, the last measured first, with what corrects what.",
        access: Access::Organization(Right::Read),
        problems: &[ProblemCode::NotFound],
        ..Endpoint::list_of::<ObservationView>()
    },
    Endpoint {
        function: "processes-end",
        method: "POST",
        path: "/v1/orgs/{org_id}/processes/{process_id}/end",
        summary: "Finishes or gives up a timed process, and says what was done about food of which it failed.",
        access: Access::Organization(Right::LogTemperatures),
        request: Some(schema::<EndProcess>),
        example: Some(|| json!({ "outcome": "abandoned", "text": "The soup was served instead." })),
        reply: Some(schema::<ProcessView>),
        problems: &[
            ProblemCode::InvalidRequest,
            ProblemCode::NotFound,
            ProblemCode::Conflict,
            ProblemCode::CorrectiveActionRequired,
        ],
        ..Endpoint::BASE
    },
];
