//! Network servers: connections, registration of sensors, changes of their settings.

use super::{Access, Endpoint, schema};
use crate::networks::*;
use crate::problem::ProblemCode;
use freshtrack_domain::access::Right;
use serde_json::{Value, json};

fn network_example() -> Value {
    json!({
        "name": "The Things Stack",
        "server": {
            "kind": "things_stack",
            "address": { "sandbox": "nam1" },
            "application_id": "harbour-bistro",
            "frequency_plan": "US_902_928_FSB_2",
        },
        "api_key": "NNSXS.EXAMPLEKEYEXAMPLEKEYEXAMPLEKEY.EXAMPLESECRETEXAMPLESECRET",
    })
}

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        function: "networks-create",
        method: "POST",
        path: "/v1/orgs/{org_id}/networks",
        summary: "Connects a network server, and shows once by which secret it proves itself to us.",
        access: Access::Organization(Right::ManageNetworks),
        request: Some(schema::<CreateNetwork>),
        example: Some(network_example),
        reply: Some(schema::<NewNetwork>),
        status: 201,
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "networks-list",
        path: "/v1/orgs/{org_id}/networks",
        summary: "Lists the connections to network servers.",
        access: Access::Organization(Right::ManageDevices),
        reply: Some(schema::<NetworkList>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "networks-get",
        path: "/v1/orgs/{org_id}/networks/{network_id}",
        summary: "Shows a connection to a network server.",
        access: Access::Organization(Right::ManageDevices),
        reply: Some(schema::<NetworkView>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "networks-update",
        method: "PATCH",
        path: "/v1/orgs/{org_id}/networks/{network_id}",
        summary: "Changes what the body mentions of a connection; the rest stays.",
        access: Access::Organization(Right::ManageNetworks),
        request: Some(schema::<UpdateNetwork>),
        example: Some(|| json!({ "name": "The Things Stack, harbour" })),
        reply: Some(schema::<NetworkView>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "networks-test",
        method: "POST",
        path: "/v1/orgs/{org_id}/networks/{network_id}/test",
        summary: "Tries whether the server answers and its key allows what is needed.",
        access: Access::Organization(Right::ManageNetworks),
        reply: Some(schema::<NetworkTest>),
        problems: &[ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "networks-rotate-key",
        method: "POST",
        path: "/v1/orgs/{org_id}/networks/{network_id}/key-rotation",
        summary: "Puts a new API key in place of the present one, if the server takes it.",
        access: Access::Organization(Right::ManageNetworks),
        request: Some(schema::<RotateNetworkKey>),
        example: Some(
            || json!({ "api_key": "NNSXS.ANOTHERKEYANOTHERKEYANOTHERKEY.ANOTHERSECRETANOTHERSECRET" }),
        ),
        reply: Some(schema::<NetworkView>),
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "networks-delete",
        method: "DELETE",
        path: "/v1/orgs/{org_id}/networks/{network_id}",
        summary: "Ends a connection through which no sensor is registered, and the webhook's access key with it.",
        access: Access::Organization(Right::ManageNetworks),
        status: 204,
        problems: &[ProblemCode::Conflict],
        ..Endpoint::BASE
    },
];
