//! Every endpoint of the HTTP API, once, by area.

mod alerts;
mod devices;
mod identity;
mod ingest;
mod logbook;
mod networks;
mod organizations;
mod places;
mod platform;
mod processes;
mod readings;
mod realtime;
mod terms;

pub use terms::Terms;

use crate::page::{Page, PageSize};
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

const LIMIT: QueryParameter = QueryParameter {
    name: "limit",
    description: "How many items at most.",
    required: false,
    format: Some("int32"),
};

const CURSOR: QueryParameter = QueryParameter {
    name: "cursor",
    description: "The `next_cursor` of the page before.",
    required: false,
    format: None,
};

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
    /// Its own query parameters. A list has some more: see [`Endpoint::query_parameters`].
    pub query: &'static [QueryParameter],
    /// The schema of its body.
    pub request: Option<fn(&mut SchemaGenerator) -> Schema>,
    /// A body as it may be sent.
    pub example: Option<fn() -> Value>,
    /// The schema of its reply; `None` if it has nothing to say.
    pub reply: Option<fn(&mut SchemaGenerator) -> Schema>,
    /// The media type of its reply.
    pub media_type: &'static str,
    /// The status of a success.
    pub status: u16,
    /// The problems it may answer with, beside those that every endpoint may.
    pub problems: &'static [ProblemCode],
    /// The size of the pages of the list that it is, if it is one. Set by [`Endpoint::list_of`] and
    /// [`Endpoint::series_of`] alone.
    pages: Option<PageSize>,
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
        media_type: "application/json",
        status: 200,
        problems: &[],
        pages: None,
    };

    /// A list of `T`, which is read page by page.
    pub(crate) const fn list_of<T: JsonSchema>() -> Self {
        Self::pages_of::<T>(PageSize::ITEMS)
    }

    /// A list of what was measured, of which a page is as long as a chart.
    pub(crate) const fn series_of<T: JsonSchema>() -> Self {
        Self::pages_of::<T>(PageSize::SERIES)
    }

    const fn pages_of<T: JsonSchema>(size: PageSize) -> Self {
        Self {
            reply: Some(schema::<Page<T>>),
            pages: Some(size),
            ..Self::BASE
        }
    }

    /// The size of the pages of the list that it is; nothing if it is none.
    #[must_use]
    pub const fn pages(&self) -> Option<PageSize> {
        self.pages
    }

    /// Its query parameters: its own, then those of every list if it is one.
    pub fn query_parameters(&self) -> impl Iterator<Item = &'static QueryParameter> + use<> {
        let of_a_page: &[QueryParameter] = match self.pages {
            Some(_) => &[LIMIT, CURSOR],
            None => &[],
        };
        self.query.iter().chain(of_a_page)
    }

    /// The endpoint's route as API Gateway writes it.
    #[must_use]
    pub fn route_key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The area it belongs to: the first word of its function's name.
    #[must_use]
    pub fn area(&self) -> &'static str {
        self.function.split('-').next().unwrap_or_default()
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

/// Endpoints that belong together.
#[derive(Debug, Clone, Copy)]
pub struct Area {
    /// Its name: the folder below `functions/`.
    pub name: &'static str,
    /// What its endpoints are about.
    pub about: &'static str,
    endpoints: &'static [Endpoint],
}

/// Every area with endpoints, in the order the documentation shows them.
pub const AREAS: &[Area] = &[
    Area {
        name: "identity",
        about: "Signing up and in, sessions, passwords and second factors.",
        endpoints: identity::ENDPOINTS,
    },
    Area {
        name: "organizations",
        about: "Organizations, their members, invitations, access keys and audit log.",
        endpoints: organizations::ENDPOINTS,
    },
    Area {
        name: "places",
        about: "Sites, areas, units and the rules they are judged by.",
        endpoints: places::ENDPOINTS,
    },
    Area {
        name: "devices",
        about: "Sensors and gateways.",
        endpoints: devices::ENDPOINTS,
    },
    Area {
        name: "networks",
        about: "LoRaWAN network servers: connections, registration of sensors, changes of their settings.",
        endpoints: networks::ENDPOINTS,
    },
    Area {
        name: "ingest",
        about: "Readings and frames on their way in.",
        endpoints: ingest::ENDPOINTS,
    },
    Area {
        name: "readings",
        about: "What was measured.",
        endpoints: readings::ENDPOINTS,
    },
    Area {
        name: "logbook",
        about: "Temperatures that people log by hand.",
        endpoints: logbook::ENDPOINTS,
    },
    Area {
        name: "processes",
        about: "Cooling, reheating, holding and standing by the clock.",
        endpoints: processes::ENDPOINTS,
    },
    Area {
        name: "alerts",
        about: "What went wrong, and what became of it.",
        endpoints: alerts::ENDPOINTS,
    },
    Area {
        name: "realtime",
        about: "The live channel.",
        endpoints: realtime::ENDPOINTS,
    },
    Area {
        name: "platform",
        about: "The system itself, and those who see to it.",
        endpoints: platform::ENDPOINTS,
    },
];

/// Every endpoint, in the order the documentation shows them.
pub fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    AREAS.iter().flat_map(|area| area.endpoints)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::openapi;

    /// Replies that show many things of which each has an identifier, and are no lists: they are shown as a whole.
    const WHOLES: &[&str] = &["places-get-overview"];

    /// The schema of the reply of `endpoint` in `document`, with what it refers to in place of the reference.
    fn reply<'d>(document: &'d Value, endpoint: &Endpoint) -> &'d Value {
        let operation = &document["paths"][endpoint.path][endpoint.method.to_lowercase()];
        let content = &operation["responses"][endpoint.status.to_string()]["content"];
        resolved(document, &content[endpoint.media_type]["schema"])
    }

    fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
        match schema["$ref"].as_str() {
            Some(reference) => document.pointer(&reference[1..]).unwrap(),
            None => schema,
        }
    }

    #[test]
    fn whoever_lists_is_read_page_by_page() {
        let document = openapi();
        // A table is read page by page too, by its links.
        for endpoint in endpoints().filter(|endpoint| endpoint.media_type != "text/csv") {
            let function = endpoint.function;
            let named = function.split('-').nth(1) == Some("list");
            assert_eq!(
                endpoint.pages().is_some(),
                named,
                "{function}: declare it with Endpoint::list_of"
            );
            let reply = reply(&document, endpoint);
            assert_ne!(reply["type"], "array", "{function}");
            let has = |field: &str| reply["properties"].get(field).is_some();
            assert_eq!(endpoint.pages().is_some(), has("items"), "{function}");
            assert!(endpoint.pages().is_none() || has("next_cursor"), "{function}");
            let asked: Vec<&str> = endpoint
                .query_parameters()
                .map(|parameter| parameter.name)
                .collect();
            assert_eq!(
                endpoint.pages().is_some(),
                asked.ends_with(&["limit", "cursor"]),
                "{function}"
            );
        }
    }

    #[test]
    fn nothing_that_may_be_many_hides_in_a_reply() {
        let document = openapi();
        for endpoint in endpoints().filter(|endpoint| endpoint.pages().is_none() && endpoint.method == "GET")
        {
            let function = endpoint.function;
            let fields = reply(&document, endpoint)["properties"]
                .as_object()
                .into_iter()
                .flatten();
            for (field, schema) in fields.filter(|_| !WHOLES.contains(&function)) {
                let item = resolved(&document, &resolved(&document, schema)["items"]);
                let has_identity = item["properties"].get("id").is_some();
                assert!(
                    !has_identity,
                    "{function}: {field} is a list: declare it with Endpoint::list_of"
                );
            }
        }
    }
}
