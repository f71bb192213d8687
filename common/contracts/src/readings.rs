//! Measurements going out.

use crate::time::Instant;
use freshtrack_domain::ids::{SensorId, UnitId};
use freshtrack_domain::measurement::SensorFault;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One recorded measurement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReadingView {
    /// When it was measured.
    pub recorded_at: Instant,
    /// The sensor that measured.
    pub sensor_id: SensorId,
    /// Degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature_c: Option<f64>,
    /// Degrees Celsius as the sensor told them, where its calibration has added something.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub raw_temperature_c: Option<f64>,
    /// Why there is no temperature though the sensor has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<SensorFault>,
    /// Percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub humidity_percent: Option<f64>,
    /// Percent as the sensor told them, where its calibration has added something.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub raw_humidity_percent: Option<f64>,
    /// Whether the door was open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub door_open: Option<bool>,
    /// Whether it arrived after newer ones were already sealed.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub late: bool,
}

/// `GET /v1/orgs/{org_id}/units/{unit_id}/readings`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReadingList {
    /// The unit.
    pub unit_id: UnitId,
    /// The first instant covered.
    pub from: Instant,
    /// The last instant covered.
    pub to: Instant,
    /// The readings, oldest first.
    pub readings: Vec<ReadingView>,
}
