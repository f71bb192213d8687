//! Measurements going out.

use crate::limits::JudgedBy;
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
    /// Whether it came so late that the next report was overdue by then.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub back_filled: bool,
    /// Whether a person typed it.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub manual: bool,
}

/// The newest that a sensor measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LatestReading {
    /// What it measured.
    pub reading: ReadingView,
    /// When that came.
    pub received_at: Instant,
}

/// `GET /v1/orgs/{org_id}/units/{unit_id}/readings/latest`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LatestReadings {
    /// The unit.
    pub unit_id: UnitId,
    /// When this was so: ages are counted from here.
    pub as_of: Instant,
    /// The newest of each sensor that has measured in the unit.
    pub sensors: Vec<LatestReading>,
}

/// A temperature at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TracePoint {
    /// When it was measured.
    pub at: Instant,
    /// Degrees Celsius.
    pub temperature_c: f64,
}

/// What was measured in one column of a trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TraceBucket {
    /// The first, the lowest, the highest and the last temperature, each once, in the order of time: enough to draw the column
    /// as all of its readings would be drawn.
    pub points: Vec<TracePoint>,
    /// The lowest, degrees Celsius.
    pub min_c: f64,
    /// The highest, degrees Celsius.
    pub max_c: f64,
    /// How many temperatures there are.
    pub readings: u32,
    /// How many of them came so late that the next report was overdue by then.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub back_filled: u32,
    /// How many of them a person typed.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub manual: u32,
    /// Whether a line from the bucket before would tell of time about which nothing is known: reports are missing, or the
    /// sensor had a fault.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub broken: bool,
    /// How often there is such time within the bucket.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub breaks: u32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// The trace of one sensor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SensorTrace {
    /// The sensor.
    pub sensor_id: SensorId,
    /// Whether it drives the unit now.
    pub primary: bool,
    /// The share of the span that is known, as far as it has passed, percent: where reports are missing, extremes may be too.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub coverage_percent: Option<f64>,
    /// The columns in which it measured a temperature, in the order of time.
    pub buckets: Vec<TraceBucket>,
}

/// `GET /v1/orgs/{org_id}/units/{unit_id}/readings/series`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReadingSeries {
    /// The unit.
    pub unit_id: UnitId,
    /// The first instant covered.
    pub from: Instant,
    /// The last instant covered.
    pub to: Instant,
    /// The lower alarm limit in force now, degrees Celsius.
    pub low_c: f64,
    /// The upper alarm limit in force now, degrees Celsius.
    pub high_c: f64,
    /// By what the record is judged now.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub judged_by: Option<JudgedBy>,
    /// Each sensor that measured a temperature.
    pub sensors: Vec<SensorTrace>,
}

/// Time about which a sensor told nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GapView {
    /// The sensor.
    pub sensor_id: SensorId,
    /// The report before it, or the beginning of the span that was asked for.
    pub from: Instant,
    /// The report after it, or the end of the span.
    pub to: Instant,
    /// From the one to the other.
    pub duration_seconds: i64,
    /// How often the sensor reports.
    pub interval_seconds: i64,
    /// Whether it may have begun before the span.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub began_before: bool,
    /// Whether no report has ended it within the span.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub goes_on: bool,
}

/// A door that was found open or closed, where it was not so before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DoorEventView {
    /// The sensor whose contact reported it.
    pub sensor_id: SensorId,
    /// When it was first reported.
    pub at: Instant,
    /// Whether the door has been open since, or closed.
    pub open: bool,
    /// For how long, if it has changed again within the span that was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub duration_seconds: Option<i64>,
    /// Whether it is the first report within the span, so that the door may have been so before.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub initial: bool,
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
    /// The share of the known time that was within what the record is judged by, percent. Absent when nothing is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub in_range_percent: Option<f64>,
    /// The share of the window that is known, percent.
    pub coverage_percent: f64,
    /// How many of the readings came so late that the next report was overdue by then: what was told of the window before
    /// they came is corrected.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub back_filled: u32,
    /// Whole minutes above what the record is judged by, of the time that is known.
    #[serde(default)]
    pub above_minutes: i64,
    /// Whole minutes below what the record is judged by, of the time that is known.
    #[serde(default)]
    pub below_minutes: i64,
    /// The most whole minutes above what the record is judged by in any rolling window that ends within this one: several short excursions
    /// add up.
    #[serde(default)]
    pub most_above_minutes: i64,
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
    /// The lower alarm limit in force now, degrees Celsius.
    pub low_c: f64,
    /// The upper alarm limit in force now, degrees Celsius.
    pub high_c: f64,
    /// By what all of it is judged: the limit in force now.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub judged_by: Option<JudgedBy>,
    /// How long the rolling window is by which exposure adds up.
    #[serde(default)]
    pub rolling_minutes: u32,
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
