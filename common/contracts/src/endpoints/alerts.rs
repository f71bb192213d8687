//! Alerts.

use super::{Access, Endpoint, QueryParameter, schema};
use crate::alerts::{AlertDetail, AlertView};
use crate::problem::ProblemCode;
use freshtrack_domain::access::Right;

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        function: "alerts-list",
        path: "/v1/orgs/{org_id}/alerts",
        summary: "Lists alerts, the newest first.",
        access: Access::Organization(Right::Read),
        query: &[QueryParameter {
            name: "status",
            description: "`open` or `resolved`; open unless given.",
            required: false,
            format: None,
        }],
        ..Endpoint::list_of::<AlertView>()
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
];
