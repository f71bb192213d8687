//! A sensor as it is registered.

use super::{DevEui, JoinEui};
use crate::ids::{CalibrationId, OrgId, SensorId, UnitId};
use crate::measurement::{CentiCelsius, Correction, MeasurementSource};
use crate::text::Name;
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// A registered sensor. One that is retired keeps its record, so that what it measured keeps its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sensor {
    /// Its identifier.
    pub id: SensorId,
    /// The organization that owns it.
    pub org_id: OrgId,
    /// What the radio network calls it.
    pub dev_eui: DevEui,
    /// The join server it asks to be let in, if that is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub join_eui: Option<JoinEui>,
    /// What people call it, if they have named it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<Name>,
    /// The unit it measures. What it sends while there is none is kept aside.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unit_id: Option<UnitId>,
    /// The catalogue slug of its model, such as `dragino-lht65n`; decides the decoder.
    pub model: String,
    /// Which of its temperatures is the product's.
    #[serde(default)]
    pub source: MeasurementSource,
    /// Whether its temperature drives the unit. One sensor of a unit does.
    #[serde(default = "yes")]
    pub primary: bool,
    /// How often it reports, where that differs from its model's default.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub report_interval: Option<Span>,
    /// Added to every temperature, from the calibration in force. The reading log keeps it beside the reading.
    #[serde(default)]
    pub temperature_offset: CentiCelsius,
    /// Added to every humidity, in hundredths of a percent; as above.
    #[serde(default)]
    pub humidity_offset: i16,
    /// The calibration in force.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub calibration: Option<AppliedCalibration>,
    /// The last four digits of the AppKey that is kept sealed, if one is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub app_key_last_four: Option<String>,
    /// The sensor whose place it has taken.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub replaces: Option<SensorId>,
    /// That it measures no more.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retired: Option<Retirement>,
    /// How often it has been changed. A copy of it with a lower number is out of date.
    #[serde(default)]
    pub version: u32,
}

/// The calibration whose offsets are added to what a sensor measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedCalibration {
    /// Its identifier.
    pub id: CalibrationId,
    /// When it was performed.
    pub performed_at: Timestamp,
    /// When the next one is due, if it expires.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires_at: Option<Timestamp>,
}

/// That a device is used no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retirement {
    /// Since when.
    pub at: Timestamp,
    /// Who decided so.
    pub by: String,
    /// The unit it measured last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unit_id: Option<UnitId>,
    /// The sensor that has taken its place.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub replaced_by: Option<SensorId>,
}

impl Sensor {
    /// A sensor of which only what it is is known. It measures no unit.
    #[must_use]
    pub fn new(id: SensorId, org_id: OrgId, dev_eui: DevEui, model: impl Into<String>) -> Self {
        Self {
            id,
            org_id,
            dev_eui,
            join_eui: None,
            name: None,
            unit_id: None,
            model: model.into(),
            source: MeasurementSource::default(),
            primary: false,
            report_interval: None,
            temperature_offset: CentiCelsius(0),
            humidity_offset: 0,
            calibration: None,
            app_key_last_four: None,
            replaces: None,
            retired: None,
            version: 0,
        }
    }

    /// What people call it: its DevEUI until they have named it.
    #[must_use]
    pub fn called(&self) -> String {
        self.name
            .as_ref()
            .map_or_else(|| self.dev_eui.to_string(), ToString::to_string)
    }

    /// The unit it measures or, if it is retired, the one it measured last.
    #[must_use]
    pub fn last_unit(&self) -> Option<UnitId> {
        let last = self.retired.as_ref().and_then(|retired| retired.unit_id);
        self.unit_id.or(last)
    }

    /// What is added to what it tells.
    #[must_use]
    pub const fn correction(&self) -> Correction {
        Correction {
            temperature: self.temperature_offset,
            humidity: self.humidity_offset,
        }
    }
}

const fn yes() -> bool {
    true
}
