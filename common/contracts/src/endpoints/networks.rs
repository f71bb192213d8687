//! Network servers: connections, registration of sensors, changes of their settings.

use super::{Access, Endpoint, QueryParameter, schema};
use crate::networks::*;
use crate::problem::ProblemCode;
use freshtrack_domain::access::Right;
use serde_json::{Value, json};

const SENSOR: QueryParameter = QueryParameter {
    name: "sensor_id",
    description: "Only those of this sensor.",
    required: false,
    format: None,
};
const STATE: QueryParameter = QueryParameter {
    name: "state",
    description: "Only those that are `pending`, `running`, `succeeded`, `failed`, `retrying` or `blocked`.",
    required: false,
    format: None,
};

fn provision_example() -> Value {
    json!({
        "network_id": "net_01JD8Q6V5X8A2C4E6G8J0M2P4R",
        "join_eui": "A840410000000101",
        "app_key": "00112233445566778899AABBCCDDEEFF",
    })
}

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
        summary: "Connects a network server, sets up the webhook by which it sends frames, and shows once by which secret it proves \
                  itself to us.",
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
        summary: "Lists the connections to network servers, the oldest first.",
        access: Access::Organization(Right::ManageDevices),
        ..Endpoint::list_of::<NetworkView>()
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
        summary: "Tries whether the server answers and its key allows what is needed, and sets the webhook up.",
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
        function: "networks-rotate-webhook",
        method: "POST",
        path: "/v1/orgs/{org_id}/networks/{network_id}/webhook-rotation",
        summary: "Gives the webhook a new secret, tells the server, and shows it once. The one before holds on for a while.",
        access: Access::Organization(Right::ManageNetworks),
        request: Some(schema::<RotateWebhook>),
        example: Some(|| json!({ "overlap_hours": 24 })),
        reply: Some(schema::<NewNetwork>),
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "networks-delete",
        method: "DELETE",
        path: "/v1/orgs/{org_id}/networks/{network_id}",
        summary: "Ends a connection through which no sensor is registered, and the webhook and its access key with it.",
        access: Access::Organization(Right::ManageNetworks),
        status: 204,
        problems: &[ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "networks-provision-sensor",
        method: "POST",
        path: "/v1/orgs/{org_id}/sensors/{sensor_id}/provisioning",
        summary: "Has a sensor registered at a network server. The work goes on in the background.",
        access: Access::Organization(Right::ManageDevices),
        request: Some(schema::<ProvisionSensor>),
        example: Some(provision_example),
        reply: Some(schema::<JobView>),
        status: 202,
        problems: &[
            ProblemCode::InvalidRequest,
            ProblemCode::MissingAppKey,
            ProblemCode::Conflict,
        ],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "networks-deprovision-sensor",
        method: "DELETE",
        path: "/v1/orgs/{org_id}/sensors/{sensor_id}/provisioning",
        summary: "Has a sensor's registration at its network server removed. The work goes on in the background.",
        access: Access::Organization(Right::ManageDevices),
        reply: Some(schema::<JobView>),
        status: 202,
        problems: &[ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "networks-list-jobs",
        path: "/v1/orgs/{org_id}/network-jobs",
        summary: "Lists the work on registrations of sensors, the newest first. What has ended is shown for 90 days.",
        access: Access::Organization(Right::ManageDevices),
        query: &[SENSOR, STATE],
        ..Endpoint::list_of::<JobView>()
    },
    Endpoint {
        function: "networks-get-job",
        path: "/v1/orgs/{org_id}/network-jobs/{job_id}",
        summary: "Shows how far the work on a registration has come, and what stood in the way.",
        access: Access::Organization(Right::ManageDevices),
        reply: Some(schema::<JobView>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "networks-retry-job",
        method: "POST",
        path: "/v1/orgs/{org_id}/network-jobs/{job_id}/retry",
        summary: "Begins anew what has failed or was blocked. Steps that are done stay done.",
        access: Access::Organization(Right::ManageDevices),
        reply: Some(schema::<JobView>),
        status: 202,
        problems: &[ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "networks-request-change",
        method: "POST",
        path: "/v1/orgs/{org_id}/sensors/{sensor_id}/changes",
        summary: "Sends a sensor a change of its settings. It has it once it was heard again.",
        access: Access::Organization(Right::ManageDevices),
        request: Some(schema::<RequestChange>),
        example: Some(
            || json!({ "change": { "type": "uplink_interval", "seconds": 600 }, "timeout_hours": 24 }),
        ),
        reply: Some(schema::<ChangeView>),
        status: 202,
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "networks-list-changes",
        path: "/v1/orgs/{org_id}/sensors/{sensor_id}/changes",
        summary: "Lists the changes of a sensor's settings, the newest first. What has ended is shown for 90 days.",
        access: Access::Organization(Right::ManageDevices),
        ..Endpoint::list_of::<ChangeView>()
    },
    Endpoint {
        function: "networks-cancel-change",
        method: "DELETE",
        path: "/v1/orgs/{org_id}/sensors/{sensor_id}/changes/{change_id}",
        summary: "Takes a change back that the network server does not have yet.",
        access: Access::Organization(Right::ManageDevices),
        status: 204,
        problems: &[ProblemCode::Conflict],
        ..Endpoint::BASE
    },
];
