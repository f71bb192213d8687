//! Every endpoint of the HTTP API, once, by area.

mod alerts;
mod devices;
mod identity;
mod ingest;
mod organizations;
mod places;
mod platform;
mod readings;
mod realtime;

use crate::problem::ProblemCode;
use freshtrack_domain::access::Right;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    /// A body as it may be sent.
    pub example: Option<fn() -> Value>,
    /// The schema of its reply; `None` if it has nothing to say.
    pub reply: Option<fn(&mut SchemaGenerator) -> Schema>,
    /// The status of a success.
    pub status: u16,
    /// The problems it may answer with, beside those that every endpoint may.
    pub problems: &'static [ProblemCode],
}

impl Endpoint {
    /// An endpoint with nothing but what every one has. The others are set where they differ.
    pub(crate) const BASE: Self = Self {
        function: "",
        method: "GET",
        path: "",
        summary: "",
        access: Access::Anyone,
        query: &[],
        request: None,
        example: None,
        reply: None,
        status: 200,
        problems: &[],
    };

    /// The endpoint's route as API Gateway writes it.
    #[must_use]
    pub fn route_key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// The endpoint that `function` serves.
#[must_use]
pub fn of_function(function: &str) -> Option<&'static Endpoint> {
    endpoints().find(|endpoint| endpoint.function == function)
}

/// A body that its sender defines: a network server's webhook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct VendorMessage(pub serde_json::Map<String, Value>);

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
pub fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    [
        identity::ENDPOINTS,
        organizations::ENDPOINTS,
        places::ENDPOINTS,
        devices::ENDPOINTS,
        ingest::ENDPOINTS,
        readings::ENDPOINTS,
        alerts::ENDPOINTS,
        realtime::ENDPOINTS,
        platform::ENDPOINTS,
    ]
    .into_iter()
    .flatten()
}
