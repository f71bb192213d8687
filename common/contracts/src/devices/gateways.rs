//! Gateways.

use crate::places::Patch;
use crate::time::Instant;
use freshtrack_domain::device::GatewayEui;
use freshtrack_domain::ids::{GatewayId, SiteId};
use freshtrack_domain::network::{FrequencyPlan, ThingsStackId};
use freshtrack_domain::place::Coordinates;
use freshtrack_domain::text::{Name, Paragraph};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `POST /v1/orgs/{org_id}/gateways`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateGateway {
    /// 16 hexadecimal digits, as they are printed on the gateway.
    pub gateway_eui: GatewayEui,
    /// What the network server calls it: 3 to 36 lower-case letters, digits and single hyphens.
    pub server_id: ThingsStackId,
    /// What people call it.
    pub name: Name,
    /// What is to be known of it.
    #[serde(default)]
    pub description: Paragraph<2_048>,
    /// The site it is in.
    #[serde(default)]
    pub site_id: Option<SiteId>,
    /// On which channels it listens.
    #[serde(default)]
    pub frequency_plan: FrequencyPlan,
    /// Where it is on the map.
    #[serde(default)]
    pub coordinates: Option<Coordinates>,
    /// How high it is above sea level, in metres.
    #[serde(default)]
    #[schemars(range(min = -500, max = 9_000))]
    pub altitude_m: Option<i32>,
}

/// `PATCH /v1/orgs/{org_id}/gateways/{gateway_id}`. What is not mentioned stays.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UpdateGateway {
    /// What people call it.
    pub name: Option<Name>,
    /// What is to be known of it.
    pub description: Option<Paragraph<2_048>>,
    /// The site it is in.
    pub site_id: Patch<SiteId>,
    /// On which channels it listens.
    pub frequency_plan: Option<FrequencyPlan>,
    /// Where it is on the map.
    pub coordinates: Patch<Coordinates>,
    /// How high it is above sea level, in metres.
    #[schemars(range(min = -500, max = 9_000))]
    pub altitude_m: Patch<i32>,
    /// Whether it is being worked on, so that its silence means nothing.
    pub maintenance: Option<bool>,
}

/// How a gateway is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GatewayStatus {
    /// It is registered, and no frame has come by it yet.
    Pending,
    /// Frames come by it.
    Online,
    /// No frame has come by it for longer than five reports of the site's busiest sensor take, and half an hour.
    Offline,
    /// It is being worked on.
    Maintenance,
    /// It is used no more.
    Retired,
}

/// A gateway as it is registered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GatewayView {
    /// Its identifier.
    pub id: GatewayId,
    /// 16 upper-case hexadecimal digits.
    pub gateway_eui: String,
    /// What the network server calls it.
    pub server_id: ThingsStackId,
    /// What people call it.
    pub name: Name,
    /// What is to be known of it.
    pub description: Paragraph<2_048>,
    /// The site it is in.
    pub site_id: Option<SiteId>,
    /// On which channels it listens.
    pub frequency_plan: FrequencyPlan,
    /// Where it is on the map.
    pub coordinates: Option<Coordinates>,
    /// How high it is above sea level, in metres.
    pub altitude_m: Option<i32>,
    /// How it is.
    pub status: GatewayStatus,
    /// When a frame last came by it, to five minutes.
    pub last_seen_at: Option<Instant>,
    /// Since when it is used no more.
    pub retired_at: Option<Instant>,
}
