//! The system itself, and those who see to it.

use super::{Access, Endpoint, Health, QueryParameter, schema};
use crate::audit::AuditEntryView;
use crate::members::MemberView;
use crate::organizations::OrganizationView;
use crate::problem::ProblemCode::{Conflict, InvalidRequest, TooManyRequests, Unavailable};
use crate::support::{ActiveSupportView, PersonDetail, PersonView, StartSupport, SupportSessionView};
use serde_json::{Map, Value, json};

const SEARCH: &[QueryParameter] = &[QueryParameter {
    name: "query",
    description: "Only those whose name holds this, or their short name or address, or whose identifier it is.",
    required: false,
    format: None,
}];

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        function: "platform-get-health",
        path: "/v1/health",
        summary: "Tells whether the system answers.",
        reply: Some(schema::<Health>),
        problems: &[Unavailable],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "platform-get-openapi",
        path: "/v1/openapi.json",
        summary: "Shows this description of the API, an OpenAPI 3.1 document.",
        reply: Some(schema::<Map<String, Value>>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "platform-get-docs",
        path: "/v1/docs",
        summary: "Shows this description of the API as a page for people.",
        reply: Some(schema::<String>),
        media_type: "text/html",
        ..Endpoint::BASE
    },
    Endpoint {
        function: "platform-list-organizations",
        path: "/v1/platform/organizations",
        summary: "Lists every organization, deleted ones too, the newest first.",
        access: Access::Platform,
        query: SEARCH,
        ..Endpoint::list_of::<OrganizationView>()
    },
    Endpoint {
        function: "platform-list-members",
        path: "/v1/platform/organizations/{org_id}/members",
        summary: "Lists the members of an organization. That it was looked at is noted.",
        access: Access::Platform,
        ..Endpoint::list_of::<MemberView>()
    },
    Endpoint {
        function: "platform-list-users",
        path: "/v1/platform/users",
        summary: "Lists everybody with an account, the newest first. That it was searched is noted.",
        access: Access::Platform,
        query: SEARCH,
        ..Endpoint::list_of::<PersonView>()
    },
    Endpoint {
        function: "platform-get-user",
        path: "/v1/platform/users/{user_id}",
        summary: "Shows a person and where they belong. That they were looked at is noted.",
        access: Access::Platform,
        reply: Some(schema::<PersonDetail>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "platform-list-audit",
        path: "/v1/platform/audit",
        summary: "Lists what was done to the platform itself, the newest first.",
        access: Access::Platform,
        ..Endpoint::list_of::<AuditEntryView>()
    },
    Endpoint {
        function: "platform-start-support",
        method: "POST",
        path: "/v1/platform/support-sessions",
        summary: "Lets the administrator act in the place of a member, whose organization reads of it.",
        access: Access::Platform,
        request: Some(schema::<StartSupport>),
        example: Some(|| {
            json!({
                "org_id": "org_01JD8Q6V5W8A2C4E6G8J0M2P4R",
                "user_id": "usr_01JD8Q6V5X8A2C4E6G8J0M2P4R",
                "reason": "Alarm limits cannot be saved (ticket 4711)",
            })
        }),
        reply: Some(schema::<SupportSessionView>),
        status: 201,
        problems: &[InvalidRequest, Conflict, TooManyRequests],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "platform-get-support",
        path: "/v1/platform/support-sessions/active",
        summary: "Shows what the administrator supports at the moment.",
        access: Access::Platform,
        reply: Some(schema::<ActiveSupportView>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "platform-end-support",
        method: "DELETE",
        path: "/v1/platform/support-sessions/active",
        summary: "Ends what the administrator supports at the moment.",
        access: Access::Platform,
        status: 204,
        problems: &[Conflict],
        ..Endpoint::BASE
    },
];
