//! Sites, areas, units and their rules.

use super::{Access, Endpoint, schema};
use crate::places::Overview;
use freshtrack_domain::access::Right;

pub(super) const ENDPOINTS: &[Endpoint] = &[Endpoint {
    function: "places-get-overview",
    path: "/v1/orgs/{org_id}/overview",
    summary: "Shows every site, area and unit with what is happening in it now.",
    access: Access::Organization(Right::Read),
    reply: Some(schema::<Overview>),
    ..Endpoint::BASE
}];
