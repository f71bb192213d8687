//! Measurements going out.

use crate::time::Instant;
use freshtrack_domain::alert::Side;
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

/// What one sensor measured in a window of time. A temperature holds until the next one, but no longer than a report may be
/// late; time about which nothing is known is neither in range nor out of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReadingSummary {
    /// The first instant in the window.
    pub from: Instant,
    /// The first instant after it.
    pub to: Instant,
    /// How many temperatures were measured in it.
    pub readings: u32,
    /// The lowest of them, degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub min_c: Option<f64>,
    /// The highest of them, degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub max_c: Option<f64>,
    /// Their mean, degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mean_c: Option<f64>,
    /// Their mean kinetic temperature (USP 1160), degrees Celsius: for information, never a verdict.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mkt_c: Option<f64>,
    /// The share of the known time that was within the limits, percent. Absent when nothing is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub in_range_percent: Option<f64>,
    /// The share of the window that is known, percent.
    pub coverage_percent: f64,
}

/// What one sensor measured, window by window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SensorSummaries {
    /// The sensor.
    pub sensor_id: SensorId,
    /// The windows in the order of time, also those without a reading.
    pub windows: Vec<ReadingSummary>,
}

/// `GET /v1/orgs/{org_id}/units/{unit_id}/readings/summary`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReadingSummaries {
    /// The unit.
    pub unit_id: UnitId,
    /// The first instant covered.
    pub from: Instant,
    /// The first instant that is not covered any more.
    pub to: Instant,
    /// The lower limit in force now, by which all of it is judged, degrees Celsius.
    pub low_c: f64,
    /// The upper limit in force now, degrees Celsius.
    pub high_c: f64,
    /// Each sensor that measured a temperature, for itself: two probes in one unit have no common mean.
    pub sensors: Vec<SensorSummaries>,
}

/// `GET /v1/orgs/{org_id}/units/{unit_id}/forecast`: information, never an alarm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnitForecast {
    /// The unit.
    pub unit_id: UnitId,
    /// As of when.
    pub as_of: Instant,
    /// When the limit will be reached; absent while the temperature does not drift towards one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub crossing: Option<Crossing>,
}

/// When a temperature that drifts will reach its limit, if it goes on like that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Crossing {
    /// Which limit.
    pub side: Side,
    /// Where it is, degrees Celsius.
    pub limit_c: f64,
    /// The temperature from which this is reckoned, degrees Celsius.
    pub from_c: f64,
    /// When that was measured.
    pub measured_at: Instant,
    /// When the limit will most likely be reached.
    pub at: Instant,
    /// When it may be reached at the soonest.
    pub earliest: Instant,
    /// When it may be reached at the latest; absent if the drift slows down so much that it may never be.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub latest: Option<Instant>,
    /// How many readings the drift was read off.
    pub readings: u32,
}
