//! Sensors.

use crate::places::Patch;
use crate::time::Instant;
use freshtrack_domain::device::{AppKey, DevEui, JoinEui, SensorStatus};
use freshtrack_domain::ids::{CalibrationId, JobId, NetworkId, SensorId, SiteId, UnitId};
use freshtrack_domain::measurement::MeasurementSource;
use freshtrack_domain::network::Obstacle;
use freshtrack_domain::text::Name;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `POST /v1/orgs/{org_id}/sensors`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterSensor {
    /// 16 hexadecimal digits, as they are printed on the sensor. Separators and case do not matter.
    pub dev_eui: DevEui,
    /// The join server it asks to be let in: also called AppEUI.
    #[serde(default)]
    pub join_eui: Option<JoinEui>,
    /// 32 hexadecimal digits. Needed only where a network server is to be told of the sensor; kept sealed, and never shown
    /// again but for the last four digits.
    #[serde(default)]
    pub app_key: Option<AppKey>,
    /// Its model: a slug of the catalogue, such as `dragino-lht65n`.
    pub model: String,
    /// What people call it; its DevEUI unless given.
    #[serde(default)]
    pub name: Option<Name>,
    /// The unit it measures. Without one, what it sends is kept aside until it is assigned.
    #[serde(default)]
    pub unit_id: Option<UnitId>,
    /// Whether its temperature drives the unit. Unless given it does if nothing else there measures a temperature.
    #[serde(default)]
    pub primary: Option<bool>,
    /// Which of its temperatures is the product's.
    #[serde(default)]
    pub source: MeasurementSource,
    /// How often it reports, in seconds, where that differs from its model's default.
    #[serde(default)]
    #[schemars(range(min = 1, max = 86_400))]
    pub report_interval_seconds: Option<u32>,
}

/// `PATCH /v1/orgs/{org_id}/sensors/{sensor_id}`. What is not mentioned stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UpdateSensor {
    /// What people call it; `null` calls it by its DevEUI.
    pub name: Patch<Name>,
    /// Its model: a slug of the catalogue.
    pub model: Option<String>,
    /// `true` lets it drive its unit instead of the sensor that does now. `false` is for a sensor that does not.
    pub primary: Option<bool>,
    /// Which of its temperatures is the product's.
    pub source: Option<MeasurementSource>,
    /// How often it reports, in seconds; `null` for its model's default.
    #[schemars(range(min = 1, max = 86_400))]
    pub report_interval_seconds: Patch<u32>,
    /// The join server it asks to be let in.
    pub join_eui: Patch<JoinEui>,
    /// 32 hexadecimal digits in place of those that are kept; `null` forgets them.
    pub app_key: Patch<AppKey>,
}

/// `POST /v1/orgs/{org_id}/sensors/{sensor_id}/assign`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignSensor {
    /// The unit it measures from now on.
    pub unit_id: UnitId,
    /// Whether its temperature drives the unit. Unless given it does if nothing else there measures a temperature.
    #[serde(default)]
    pub primary: Option<bool>,
}

/// `POST /v1/orgs/{org_id}/sensors/{sensor_id}/replace`: another device in the place of a sensor.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceSensor {
    /// The new device's DevEUI.
    pub dev_eui: DevEui,
    /// The join server it asks to be let in.
    #[serde(default)]
    pub join_eui: Option<JoinEui>,
    /// Its AppKey, where a network server is to be told of it.
    #[serde(default)]
    pub app_key: Option<AppKey>,
    /// Its model; that of the old one unless given.
    #[serde(default)]
    pub model: Option<String>,
}

/// `POST /v1/orgs/{org_id}/quarantine/{frame_id}/claim`: a sensor for the device that a frame is of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimFrame {
    /// Its model: a slug of the catalogue.
    pub model: String,
    /// What people call it; its DevEUI unless given.
    #[serde(default)]
    pub name: Option<Name>,
    /// The unit it measures. What was kept of it is taken in there.
    #[serde(default)]
    pub unit_id: Option<UnitId>,
    /// Whether its temperature drives the unit. Unless given it does if nothing else there measures a temperature.
    #[serde(default)]
    pub primary: Option<bool>,
    /// Which of its temperatures is the product's.
    #[serde(default)]
    pub source: MeasurementSource,
    /// How often it reports, in seconds, where that differs from its model's default.
    #[serde(default)]
    #[schemars(range(min = 1, max = 86_400))]
    pub report_interval_seconds: Option<u32>,
}

/// A sensor as it is registered, and how it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SensorView {
    /// Its identifier.
    pub id: SensorId,
    /// 16 upper-case hexadecimal digits.
    pub dev_eui: String,
    /// The join server it asks to be let in, if that is known.
    pub join_eui: Option<String>,
    /// The last four digits of the AppKey that is kept for it, if one is.
    pub app_key_last_four: Option<String>,
    /// What people call it: its DevEUI until it is named.
    pub name: String,
    /// The slug of its model.
    pub model: String,
    /// The unit it measures; if it is retired, the one it measured last.
    pub unit_id: Option<UnitId>,
    /// The site that unit is in.
    pub site_id: Option<SiteId>,
    /// Whether its temperature drives the unit.
    pub primary: bool,
    /// Which of its temperatures is the product's.
    pub source: MeasurementSource,
    /// How often it reports, in seconds: as set, else by its model.
    pub report_interval_seconds: i64,
    /// How it is.
    pub status: SensorStatus,
    /// How its network server knows it, if it was to be registered there.
    pub registration: Option<SensorRegistration>,
    /// When it last measured something, in its present unit.
    pub seen_at: Option<Instant>,
    /// The newest word on its battery.
    pub battery_percent: Option<u8>,
    /// The newest signal strength in dBm, the best over all gateways.
    pub rssi_dbm: Option<i16>,
    /// Degrees Celsius that are added to every temperature.
    pub temperature_offset_c: f64,
    /// Percent that are added to every relative humidity.
    pub humidity_offset_percent: f64,
    /// The calibration these are from.
    pub calibration: Option<CalibrationInForce>,
    /// The sensor whose place it has taken.
    pub replaces: Option<SensorId>,
    /// That it measures no more.
    pub retired: Option<RetiredView>,
}

/// How a network server knows a sensor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SensorRegistration {
    /// Through which connection.
    pub network_id: NetworkId,
    /// Whether it is registered there, as far as is known.
    pub registered: bool,
    /// What has ended the newest work on its registration before it was done.
    pub obstacle: Option<Obstacle>,
    /// That work, which says more and can be begun anew.
    pub job_id: JobId,
}

/// The calibration whose offsets are in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CalibrationInForce {
    /// Its identifier.
    pub id: CalibrationId,
    /// When it was performed.
    pub performed_at: Instant,
    /// When the next one is due, if it expires.
    pub due_at: Option<Instant>,
    /// Whether the next one is overdue. Its offsets stay in force until then: readings do not jump because a date passed.
    pub overdue: bool,
}

/// That a sensor measures no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RetiredView {
    /// Since when.
    pub at: Instant,
    /// The identifier of whoever decided so.
    pub by: String,
    /// The sensor that has taken its place.
    pub replaced_by: Option<SensorId>,
}
