//! Every endpoint of the HTTP API, once.

use crate::alerts::{AlertDetail, AlertList};
use crate::ingest::{IngestReport, QuarantineList, UploadReadings};
use crate::live::Ticket;
use crate::places::Overview;
use crate::problem::ProblemCode;
use crate::readings::ReadingList;
use freshtrack_domain::access::Right;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

/// A query parameter.
#[derive(Debug, Clone, Copy)]
pub struct QueryParameter {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub description: &'static str,
    /// Whether the request is refused without it.
    pub required: bool,
    /// The `format` of its value, if it has one.
    pub format: Option<&'static str>,
}

/// Who may call an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone, without a credential.
    Anyone,
    /// A person who has signed in.
    SignedIn,
    /// Whoever holds this right in the organization that the path names.
    Organization(Right),
    /// An administrator of the platform.
    Platform,
}

impl Access {
    /// The right it asks for within an organization.
    #[must_use]
    pub const fn right(self) -> Option<Right> {
        match self {
            Self::Organization(right) => Some(right),
            Self::Anyone | Self::SignedIn | Self::Platform => None,
        }
    }

    /// Whether a credential is needed.
    #[must_use]
    pub const fn needs_credential(self) -> bool {
        !matches!(self, Self::Anyone)
    }
}

/// One endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint {
    /// The function that serves it.
    pub function: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path, parameters in braces.
    pub path: &'static str,
    /// What it is for.
    pub summary: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Its query parameters.
    pub query: &'static [QueryParameter],
    /// The schema of its body.
    pub request: Option<fn(&mut SchemaGenerator) -> Schema>,
    /// The schema of its reply.
    pub reply: fn(&mut SchemaGenerator) -> Schema,
    /// The status of a success.
    pub status: u16,
    /// The problems it may answer with, beside those that every endpoint may.
    pub problems: &'static [ProblemCode],
}

impl Endpoint {
    /// The endpoint's route as API Gateway writes it.
    #[must_use]
    pub fn route_key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// The endpoint that `function` serves.
#[must_use]
pub fn of_function(function: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.function == function)
}

/// A body that its sender defines: a network server's webhook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct VendorMessage(pub serde_json::Map<String, serde_json::Value>);

/// `GET /v1/health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Health {
    /// `ok` when the store answers.
    pub status: String,
}

fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// Every endpoint, in the order the documentation shows them.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        function: "ingest-receive-things-stack",
        method: "POST",
        path: "/v1/orgs/{org_id}/ingest/things-stack",
        summary: "Takes webhook messages of The Things Stack v3. Anything but an uplink is answered and ignored.",
        access: Access::Organization(Right::Ingest),
        query: &[],
        request: Some(schema::<VendorMessage>),
        reply: schema::<IngestReport>,
        status: 200,
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Unavailable],
    },
    Endpoint {
        function: "ingest-receive-chirpstack",
        method: "POST",
        path: "/v1/orgs/{org_id}/ingest/chirpstack",
        summary: "Takes events of ChirpStack v4's HTTP integration. Anything but `event=up` is answered and ignored.",
        access: Access::Organization(Right::Ingest),
        query: &[QueryParameter {
            name: "event",
            description: "The kind of event; ChirpStack adds it.",
            required: false,
            format: None,
        }],
        request: Some(schema::<VendorMessage>),
        reply: schema::<IngestReport>,
        status: 200,
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Unavailable],
    },
    Endpoint {
        function: "ingest-upload-readings",
        method: "POST",
        path: "/v1/orgs/{org_id}/readings",
        summary: "Takes up to 1,000 readings. Each is answered for itself; sending them again changes nothing.",
        access: Access::Organization(Right::Ingest),
        query: &[],
        request: Some(schema::<UploadReadings>),
        reply: schema::<IngestReport>,
        status: 200,
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Unavailable],
    },
    Endpoint {
        function: "ingest-list-quarantine",
        method: "GET",
        path: "/v1/orgs/{org_id}/quarantine",
        summary: "Lists frames of unknown devices and frames that could not be decoded.",
        access: Access::Organization(Right::ManageDevices),
        query: &[],
        request: None,
        reply: schema::<QuarantineList>,
        status: 200,
        problems: &[],
    },
    Endpoint {
        function: "ingest-replay-quarantine",
        method: "POST",
        path: "/v1/orgs/{org_id}/quarantine/{frame_id}/replay",
        summary: "Takes a frame in again, now that its device is registered or its model can be decoded.",
        access: Access::Organization(Right::ManageDevices),
        query: &[],
        request: None,
        reply: schema::<IngestReport>,
        status: 200,
        problems: &[ProblemCode::NotFound],
    },
    Endpoint {
        function: "places-get-overview",
        method: "GET",
        path: "/v1/orgs/{org_id}/overview",
        summary: "Shows every site, area and unit with what is happening in it now.",
        access: Access::Organization(Right::Read),
        query: &[],
        request: None,
        reply: schema::<Overview>,
        status: 200,
        problems: &[],
    },
    Endpoint {
        function: "readings-list",
        method: "GET",
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
        request: None,
        reply: schema::<ReadingList>,
        status: 200,
        problems: &[ProblemCode::InvalidRequest, ProblemCode::NotFound],
    },
    Endpoint {
        function: "alerts-list",
        method: "GET",
        path: "/v1/orgs/{org_id}/alerts",
        summary: "Lists alerts, the newest first.",
        access: Access::Organization(Right::Read),
        query: &[
            QueryParameter {
                name: "status",
                description: "`open` or `resolved`; open unless given.",
                required: false,
                format: None,
            },
            QueryParameter {
                name: "cursor",
                description: "The `next_cursor` of the page before.",
                required: false,
                format: None,
            },
            QueryParameter {
                name: "limit",
                description: "1 to 200; 50 unless given.",
                required: false,
                format: Some("int32"),
            },
        ],
        request: None,
        reply: schema::<AlertList>,
        status: 200,
        problems: &[ProblemCode::InvalidRequest],
    },
    Endpoint {
        function: "alerts-get",
        method: "GET",
        path: "/v1/orgs/{org_id}/alerts/{alert_id}",
        summary: "Shows an alert and what happened to it.",
        access: Access::Organization(Right::Read),
        query: &[],
        request: None,
        reply: schema::<AlertDetail>,
        status: 200,
        problems: &[ProblemCode::NotFound],
    },
    Endpoint {
        function: "realtime-issue-ticket",
        method: "POST",
        path: "/v1/orgs/{org_id}/live/tickets",
        summary: "Issues a ticket that opens one WebSocket within 30 seconds.",
        access: Access::Organization(Right::Read),
        query: &[],
        request: None,
        reply: schema::<Ticket>,
        status: 201,
        problems: &[],
    },
    Endpoint {
        function: "platform-get-health",
        method: "GET",
        path: "/v1/health",
        summary: "Tells whether the system answers.",
        access: Access::Anyone,
        query: &[],
        request: None,
        reply: schema::<Health>,
        status: 200,
        problems: &[ProblemCode::Unavailable],
    },
];
