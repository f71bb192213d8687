//! Readings coming in.

use crate::time::Instant;
use freshtrack_domain::ids::{FrameId, SensorId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most readings one upload may hold.
pub const MAX_UPLOAD: usize = 1_000;

/// `POST /v1/orgs/{org_id}/readings`: readings that a program took itself.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadReadings {
    /// 1 to 1,000 readings, in any order, of any of the organization's sensors.
    #[schemars(length(min = 1, max = 1000))]
    pub readings: Vec<serde_json::Value>,
}

/// One reading of an upload. Sending the same sensor and time again changes nothing.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadedReading {
    /// The sensor, by our identifier; or give `dev_eui`.
    pub sensor_id: Option<SensorId>,
    /// The sensor, by its DevEUI; or give `sensor_id`.
    pub dev_eui: Option<String>,
    /// When it was measured. Seconds are the finest that is kept.
    pub recorded_at: Instant,
    /// Degrees Celsius.
    pub temperature_c: Option<f64>,
    /// Percent.
    #[schemars(range(min = 0, max = 100))]
    pub humidity_percent: Option<f64>,
    /// Percent.
    #[schemars(range(min = 0, max = 100))]
    pub battery_percent: Option<u8>,
    /// Whether the door was open.
    pub door_open: Option<bool>,
}

/// What became of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemStatus {
    /// It is stored.
    Accepted,
    /// It was stored before; nothing changed.
    Duplicate,
    /// It waits, durably, for a store that did not answer in time.
    Queued,
    /// It can never be taken; see the reason.
    Rejected,
    /// The sensor is not known; the frame is kept and can be replayed once it is registered.
    Quarantined,
    /// It holds nothing to record (a status frame, a join).
    Ignored,
}

/// What became of the item at `index` of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ItemResult {
    /// Its place in the request, from zero.
    pub index: usize,
    /// What became of it.
    pub status: ItemStatus,
    /// Why, if it was not accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The answer to every way of sending readings: one result an item, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IngestReport {
    /// One result an item.
    pub results: Vec<ItemResult>,
}

/// Why a frame is kept aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuarantineReason {
    /// No sensor of the organization has this DevEUI.
    UnknownDevice,
    /// The sensor is registered but measures no unit.
    Unassigned,
    /// The frame cannot be decoded.
    Undecodable,
}

/// A frame kept aside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QuarantinedFrame {
    /// Its identifier.
    pub id: FrameId,
    /// Why it is here.
    pub reason: QuarantineReason,
    /// What exactly was wrong.
    pub detail: String,
    /// What the radio network calls the device.
    pub dev_eui: Option<String>,
    /// When it was received.
    pub received_at: Instant,
    /// The frame's port, if it was a radio frame.
    pub f_port: Option<u8>,
    /// The frame in hexadecimal, if it was a radio frame.
    pub payload_hex: Option<String>,
}
