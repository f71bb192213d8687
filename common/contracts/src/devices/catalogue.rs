//! The catalogue of models, and trying their decoders.

use crate::time::Instant;
use freshtrack_domain::measurement::Door;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that a sensor measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The temperature of a product, a probe or the air.
    Temperature,
    /// The relative humidity of the air.
    Humidity,
    /// Whether a door is open.
    Door,
    /// Whether there is water where none should be.
    Leak,
}

/// What a sensor's cells are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Chemistry {
    /// One CR17450 lithium manganese dioxide cell.
    LithiumManganese,
    /// Two lithium iron disulfide AA cells, or lithium cells of another kind.
    LithiumIronDisulfide,
    /// Two alkaline cells.
    Alkaline,
    /// One or several lithium coin cells.
    Coin,
}

/// How a model's battery percentage comes about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "source")]
pub enum BatterySource {
    /// The sensor sends it.
    Sensor,
    /// The sensor sends volts, and the percentage is read off the discharge curve of its cells, linear between points.
    Curve {
        /// What its cells are made of.
        chemistry: Chemistry,
        /// The curve, from full to empty.
        curve: Vec<CurvePoint>,
    },
}

/// A point of a discharge curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CurvePoint {
    /// The voltage in millivolts.
    pub millivolts: u16,
    /// What is left at this voltage.
    pub percent: u8,
}

/// A model of sensor that is decoded natively.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ModelView {
    /// Its name in records: `vendor-model`.
    pub slug: String,
    /// Who makes it.
    pub vendor: String,
    /// What its label says.
    pub name: String,
    /// What it measures.
    pub measures: Vec<Measure>,
    /// Whether it measures, or can measure, with a probe rather than inside its own case.
    pub has_probe: bool,
    /// The LoRaWAN port its measurements come on, unless it is configured otherwise.
    pub f_port: u8,
    /// How its battery percentage comes about.
    pub battery: BatterySource,
    /// How often it reports unless it is configured otherwise, in seconds.
    pub default_interval_seconds: i64,
    /// How often it can be made to report at most, in seconds.
    pub min_interval_seconds: i64,
    /// How often it must be made to report at least, in seconds.
    pub max_interval_seconds: i64,
    /// Whether its settings can be changed by downlinks.
    pub takes_downlinks: bool,
}

/// `POST /v1/orgs/{org_id}/device-models/{model}/decode`: a frame, in one of two spellings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DecodeFrame {
    /// The port it came on; the model's own unless given.
    #[schemars(range(min = 1, max = 223))]
    pub f_port: Option<u8>,
    /// The frame in hexadecimal digits, with separators or without.
    #[schemars(length(max = 2_048))]
    pub payload_hex: Option<String>,
    /// The frame in base 64, as network servers show it.
    #[schemars(length(max = 1_024))]
    pub payload_base64: Option<String>,
}

/// What a frame says: one record, or several if it is of records that the sensor had kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DecodedFrame {
    /// The port it was read as coming on.
    pub f_port: u8,
    /// How many bytes it has.
    pub bytes: usize,
    /// What it says, in the order it says it.
    pub records: Vec<DecodedRecord>,
}

/// What one record of a frame says, or why it cannot be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "result")]
pub enum DecodedRecord {
    /// It was read.
    Decoded(DecodedValues),
    /// It cannot be read.
    Failed {
        /// A stable name for the kind of error.
        code: String,
        /// What is wrong with it.
        detail: String,
    },
}

/// What was read. What a record does not say is absent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct DecodedValues {
    /// The sensor's own temperature element, in degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ambient_c: Option<f64>,
    /// The probe, in degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub probe_c: Option<f64>,
    /// Whether the sensor looked for its probe and found none.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub probe_missing: bool,
    /// Relative humidity in percent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub humidity_percent: Option<f64>,
    /// The battery in percent, by the model's curve or the sensor's own word.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub battery_percent: Option<u8>,
    /// The battery in volts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub battery_volts: Option<f64>,
    /// The door.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub door: Option<Door>,
    /// Door openings since the sensor was started.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub door_openings: Option<u32>,
    /// Whether there is water.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub leak: Option<bool>,
    /// When the sensor says it measured.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub measured_at: Option<Instant>,
}
