//! The live channel.

use super::{Access, Endpoint, schema};
use crate::live::Ticket;
use freshtrack_domain::access::Right;

pub(super) const ENDPOINTS: &[Endpoint] = &[Endpoint {
    function: "realtime-issue-ticket",
    method: "POST",
    path: "/v1/orgs/{org_id}/live/tickets",
    summary: "Issues a ticket that opens one WebSocket within 30 seconds.",
    access: Access::Organization(Right::Read),
    reply: Some(schema::<Ticket>),
    status: 201,
    ..Endpoint::BASE
}];
