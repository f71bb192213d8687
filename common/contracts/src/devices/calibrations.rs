//! Calibrations.

use crate::time::Instant;
use freshtrack_domain::device::CertificateUrl;
use freshtrack_domain::ids::{CalibrationId, SensorId};
use freshtrack_domain::text::{Line, Notes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `POST /v1/orgs/{org_id}/sensors/{sensor_id}/calibrations`. The offset of the temperature is given, or computed from
/// what the reference showed and what the sensor told.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordCalibration {
    /// When it was performed.
    pub performed_at: Instant,
    /// Who performed it: a person or a laboratory.
    #[serde(default)]
    pub performed_by: Option<Line<256>>,
    /// What the reference instrument showed, in degrees Celsius.
    #[serde(default)]
    #[schemars(range(min = -100, max = 300))]
    pub reference_c: Option<f64>,
    /// What the sensor told at the same time, without any offset, in degrees Celsius.
    #[serde(default)]
    #[schemars(range(min = -100, max = 300))]
    pub measured_c: Option<f64>,
    /// Degrees Celsius to add to every temperature from now on.
    #[serde(default)]
    #[schemars(range(min = -20, max = 20))]
    pub temperature_offset_c: Option<f64>,
    /// Percent to add to every relative humidity from now on.
    #[serde(default)]
    #[schemars(range(min = -50, max = 50))]
    pub humidity_offset_percent: Option<f64>,
    /// Where the certificate can be read: an `https` address.
    #[serde(default)]
    pub certificate_url: Option<CertificateUrl>,
    /// What else is to be known of it.
    #[serde(default)]
    pub notes: Notes,
    /// When the sensor must be calibrated again.
    #[serde(default)]
    pub expires_at: Option<Instant>,
}

/// A calibration of a sensor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CalibrationView {
    /// Its identifier.
    pub id: CalibrationId,
    /// The sensor.
    pub sensor_id: SensorId,
    /// When it was performed.
    pub performed_at: Instant,
    /// Who performed it.
    pub performed_by: Option<Line<256>>,
    /// What the reference instrument showed, in degrees Celsius.
    pub reference_c: Option<f64>,
    /// What the sensor told at the same time, in degrees Celsius.
    pub measured_c: Option<f64>,
    /// Degrees Celsius that it adds to every temperature.
    pub temperature_offset_c: f64,
    /// Percent that it adds to every relative humidity.
    pub humidity_offset_percent: f64,
    /// Where the certificate can be read.
    pub certificate_url: Option<CertificateUrl>,
    /// What else is to be known of it.
    pub notes: Notes,
    /// When the sensor must be calibrated again.
    pub expires_at: Option<Instant>,
    /// When it was entered.
    pub recorded_at: Instant,
    /// The identifier of whoever entered it.
    pub recorded_by: String,
    /// Whether its offsets are in force: it is the newest by the time it was performed.
    pub in_force: bool,
}
