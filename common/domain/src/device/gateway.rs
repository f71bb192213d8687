//! Gateways.

use super::GatewayEui;
use crate::ids::{GatewayId, SiteId};
use crate::network::{FrequencyPlan, ThingsStackId};
use crate::place::Coordinates;
use crate::text::{Name, Paragraph};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A LoRaWAN gateway as it is registered. One that is retired keeps its record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gateway {
    /// Its identifier.
    pub id: GatewayId,
    /// What the radio network calls it.
    pub gateway_eui: GatewayEui,
    /// What the network server calls it.
    pub server_id: ThingsStackId,
    /// What people call it.
    pub name: Name,
    /// What is to be known of it.
    #[serde(default)]
    pub description: Paragraph<2_048>,
    /// The site it is in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub site_id: Option<SiteId>,
    /// On which channels it listens.
    #[serde(default)]
    pub frequency_plan: FrequencyPlan,
    /// Where it is on the map.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub coordinates: Option<Coordinates>,
    /// How high it is above sea level, in metres.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub altitude_m: Option<i32>,
    /// Whether it is being worked on, so that its silence means nothing.
    #[serde(default)]
    pub maintenance: bool,
    /// Since when it is used no more.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retired_at: Option<Timestamp>,
}
